// npm run fault -- SUITE|all [--runs N] [--seed S] [--json]: fault campaigns, test/fault/suites/SUITE.ts.
import { enableCompileCache } from 'node:module';
import { suites } from '../others.ts';
import { COMPILED } from '../paths.ts';
import { command } from '../run.ts';

// A campaign starts many programs that begin alike: what one has compiled the next finds, and their own processes too.
process.env['NODE_COMPILE_CACHE'] ??= COMPILED;
enableCompileCache(process.env['NODE_COMPILE_CACHE']);

await command((args) => suites('fault', args));
