// npm run bench -- SUITE [options] [--json]: measures, test/bench/suites/SUITE.ts.
import { suites } from '../others.ts';
import { command } from '../run.ts';

await command((args) => suites('bench', args));
