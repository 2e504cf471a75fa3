import { afterAll, describe, expect, it } from 'vitest';
import { dropPostgresSchema } from './database-postgres.ts';
import { describePlatform } from './suite.ts';

// A PostgreSQL server for tests, by its URL; each run has a schema of its own there.
const url = process.env['HALL24_TEST_POSTGRES'] ?? '';

if (url === '') {
  describe('the platform on a PostgreSQL server', () => {
    it.skip('needs HALL24_TEST_POSTGRES', () => expect(url).not.toBe(''));
  });
} else {
  const schema = `hall24_test_${process.pid}`;
  describePlatform('the platform on a PostgreSQL server', () => ({ database: url, schema }));
  afterAll(() => dropPostgresSchema(url, schema));
}
