export { Readings } from './readings.ts';
export { SearchIndex, type Filter, type SearchHit } from './search-index.ts';
