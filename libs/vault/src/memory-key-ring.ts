import type { KeyObject } from 'node:crypto';
import { createSecretKey, randomBytes } from 'node:crypto';
import type { KeyRing, KeyScope } from './key-ring.js';
import { ERASED } from './key-ring.js';

/** Keys of one process, gone with it: for specs and the bench. */
export const memoryKeyRing = (): KeyRing => {
  const keys = new Map<string, { readonly subject: string; readonly key: KeyObject }>();
  const erased = new Set<string>();
  const get = ({ subject, name }: KeyScope) => (erased.has(subject) ? ERASED : keys.get(name)?.key);
  return {
    cached: get,
    key: async (scope) => {
      const known = get(scope);
      if (known !== undefined) return known;
      const key = createSecretKey(randomBytes(32));
      keys.set(scope.name, { subject: scope.subject, key });
      return key;
    },
    existing: async (scope) => get(scope),
    destroy: async (subjects) => {
      let destroyed = 0;
      for (const subject of subjects) erased.add(subject);
      for (const [name, { subject }] of keys)
        if (subjects.includes(subject)) {
          keys.delete(name);
          destroyed++;
        }
      return destroyed;
    },
    isErased: async (subject) => erased.has(subject),
    assertMasterKey: async () => {},
  };
};
