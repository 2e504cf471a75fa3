// npm run fault -- SUITE|all [--runs N] [--seed S] [--json]: fault campaigns, test/fault/suites/SUITE.ts.
import { suites } from '../others.ts';
import { command } from '../run.ts';

await command((args) => suites('fault', args));
