import { describePlatform } from './suite.ts';

describePlatform('the platform on PGlite', () => ({ database: 'memory' }));
