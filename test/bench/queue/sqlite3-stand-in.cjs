'use strict';
// The calls of node-sqlite3 that better-queue-sqlite makes, on better-sqlite3. See rivals.ts.
const BetterSqlite3 = require('better-sqlite3');

class Database {
  constructor(path, done) {
    // Text in double quotes is an old way to write a string, which node-sqlite3 allows.
    this.db = new BetterSqlite3(path);
    this.known = new Map();
    setImmediate(() => done(null));
  }

  prepare(sql) {
    const plain = sql.replaceAll('""', "''");
    let statement = this.known.get(plain);
    if (!statement) this.known.set(plain, (statement = this.db.prepare(plain)));
    return statement;
  }

  exec(sql, done) {
    this.db.exec(sql);
    setImmediate(() => done(null));
  }

  run(sql, values, done) {
    const [list, callback] = typeof values === 'function' ? [[], values] : [values ?? [], done];
    const { changes } = this.prepare(sql).run(...list);
    if (callback) setImmediate(() => callback.call({ changes }, null));
  }

  get(sql, done) {
    const row = this.prepare(sql).get();
    setImmediate(() => done(null, row));
  }

  all(sql, values, done) {
    const rows = this.prepare(sql).all(...values);
    setImmediate(() => done(null, rows));
  }

  close(done) {
    this.db.close();
    setImmediate(() => done(null));
  }
}

module.exports = { Database };
