// Runs TypeScript from source: `node --import ./tools/hooks.mjs apps/standalone/src/main.ts`.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { enableCompileCache, registerHooks } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { transformSync, version } from '@swc/core';

const root = fileURLToPath(new URL('..', import.meta.url));
const { paths } = JSON.parse(readFileSync(root + 'tsconfig.base.json', 'utf8')).compilerOptions;
const options = {
  ...JSON.parse(readFileSync(root + '.swcrc', 'utf8')),
  module: { type: 'es6' },
  sourceMaps: 'inline',
  swcrc: false,
};
const compiler = version + JSON.stringify(options);
const cache = root + 'node_modules/.cache/resguardo/';
mkdirSync(cache, { recursive: true });
// Most of a start is the compiling of what was compiled at the last one.
enableCompileCache(cache + 'v8');

const found = (url) => ({ url, format: 'module', shortCircuit: true });

/** File with what a source is compiled to; made when it is not there. */
export const compiled = (filename) => {
  const source = readFileSync(filename, 'utf8');
  const made = createHash('sha256').update(compiler).update(filename).update(source).digest('hex');
  const file = `${cache}${made}.mjs`;
  if (!existsSync(file)) {
    // Written beside and renamed: two processes that start together must not read half a file.
    const partial = `${file}.${process.pid}`;
    writeFileSync(partial, transformSync(source, { ...options, filename }).code);
    renameSync(partial, file);
  }
  return file;
};

registerHooks({
  resolve(specifier, context, next) {
    const mapped = paths[specifier];
    if (mapped) return found(pathToFileURL(root + mapped[0]).href);
    if (specifier.startsWith('.') && specifier.endsWith('.js') && context.parentURL?.endsWith('.ts')) {
      const url = new URL(specifier.slice(0, -3) + '.ts', context.parentURL);
      if (existsSync(fileURLToPath(url))) return found(url.href);
    }
    return next(specifier, context);
  },
  load(url, context, next) {
    if (!url.endsWith('.ts') || url.includes('/node_modules/')) return next(url, context);
    return { format: 'module', source: readFileSync(compiled(fileURLToPath(url)), 'utf8'), shortCircuit: true };
  },
});
