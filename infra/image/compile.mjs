// Compiles every source of the programs into the cache that tools/hooks.mjs reads.
import { globSync } from 'node:fs';
import { resolve } from 'node:path';
import { compiled } from '../../tools/hooks.mjs';

const sources = globSync(['apps/*/src/**/*.ts', 'libs/**/*.ts', 'infra/**/*.ts'], {
  exclude: ['apps/portal', '**/node_modules'],
}).filter((file) => !file.endsWith('.spec.ts') && !file.endsWith('.d.ts'));
for (const source of sources) compiled(resolve(source));
console.log(`${sources.length} sources are compiled`);
