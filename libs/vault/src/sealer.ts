import type { DataClass, FactSpec } from '@resguardo/contracts';
import type { JsonObject, RecordedEvent, SealedBox } from '@resguardo/eventing';
import type { KeyObject } from 'node:crypto';
import { createCipheriv, createDecipheriv, randomFillSync } from 'node:crypto';
import type { Key, KeyRing, KeyScope } from './key-ring.js';
import { dataKey, ERASED } from './key-ring.js';
import { SealBroken } from './wrapping.js';

/** Where a box belongs; authenticated, so that it opens nowhere else. */
export interface SealPlace {
  readonly caseId: string;
  /** Service that decided the command. */
  readonly service: string;
  readonly type: string;
  readonly eventId: string;
}

export interface SealedData {
  /** Plain fields: what is stored in clear. */
  readonly data: JsonObject;
  /** One box per data class; absent when the fact has no sealed field. */
  readonly sealed?: Readonly<Record<string, SealedBox>>;
  /** Classes whose fields were dropped because the case was erased (C-13). Absent when none was. */
  readonly dropped?: readonly DataClass[];
}

export interface Opened {
  /** Fields of the classes asked for, in today's shape. */
  readonly fields: JsonObject;
  /** Some of it was sealed under a key that was destroyed: say so, it is no error. */
  readonly erased: boolean;
}

/** The content of a box has a version that this program does not know. Guessing would show something wrong. */
export class UnknownSealedVersion extends Error {
  constructor(type: string, v: number) {
    super(`${type}: sealed content of version ${v} is not known here`);
    this.name = 'UnknownSealedVersion';
  }
}

export interface Sealer {
  /** Makes the keys a fact of this type will need, before the append. After it `seal` answers at once. */
  prepare(caseId: string, service: string, spec: FactSpec): Promise<void>;
  /** Splits a fact into plain fields and one sealed box per class. Answers at once when the keys are at hand. */
  seal(place: SealPlace, spec: FactSpec, data: object): SealedData | Promise<SealedData>;
  /**
   * Fields of the given classes. Classes the fact has no box for are left out.
   * @throws SealBroken when a box was altered or moved. @throws UnknownSealedVersion
   */
  open(
    event: Pick<RecordedEvent, 'id' | 'type' | 'sealed' | 'meta'>,
    spec: FactSpec,
    classes: readonly string[],
  ): Promise<Opened>;
}

/** Seals by class (D5). AES-256-GCM by node:crypto: WebCrypto is ten times slower on values this small. */
export const sealer = (keys: KeyRing): Sealer => {
  const classes = classesOf();
  const iv = ivs();

  const box = (key: KeyObject, name: string, { type, eventId }: SealPlace, v: number, fields: object): SealedBox => {
    const nonce = iv();
    const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(aad(name, type, eventId, v));
    const text = cipher.update(Buffer.from(JSON.stringify(fields)));
    // GCM ends without a further block; `final` only makes the tag.
    cipher.final();
    return {
      v,
      key: name,
      iv: nonce.toString('base64'),
      tag: cipher.getAuthTag().toString('base64'),
      text: text.toString('base64'),
    };
  };

  const sealWith = (place: SealPlace, spec: FactSpec, { plain, secret }: Split, found: readonly Key[]): SealedData => {
    const sealed: Record<string, SealedBox> = {};
    const dropped: DataClass[] = [];
    const v = spec.sealedUpcasts.length + 1;
    secret.forEach(({ cls, fields, scope }, i) => {
      const key = found[i];
      if (key === ERASED || key === undefined) dropped.push(cls);
      else sealed[cls] = box(key, scope.name, place, v, fields);
    });
    return {
      data: plain as JsonObject,
      ...(dropped.length < secret.length && { sealed }),
      ...(dropped.length > 0 && { dropped }),
    };
  };

  return {
    prepare: async (caseId, service, spec) => {
      for (const cls of classes(spec)) await keys.key(dataKey(caseId, cls, service));
    },
    seal: (place, spec, data) => {
      const parts = split(place, spec, data as Readonly<Record<string, unknown>>);
      const found: Key[] = [];
      for (const { scope } of parts.secret) {
        const key = keys.cached(scope);
        if (key === undefined)
          return Promise.all(parts.secret.map(({ scope }) => keys.key(scope))).then((all) =>
            sealWith(place, spec, parts, all),
          );
        found.push(key);
      }
      return sealWith(place, spec, parts, found);
    },
    open: async ({ id, type, sealed, meta: { caseId } }, spec, wanted) => {
      let fields: Record<string, unknown> = {};
      let erased = false;
      for (const cls of wanted) {
        const found = sealed?.[cls];
        if (!found) continue;
        const [ofCase, ofClass, service, ...rest] = found.key.split('/');
        // A box that names another case or class than the one it lies in was moved there.
        if (ofCase !== caseId || ofClass !== cls || !service || rest.length > 0) throw new SealBroken(`${type} ${id}`);
        const key = await keys.existing(dataKey(caseId, cls, service));
        if (key === ERASED) {
          erased = true;
          continue;
        }
        if (key === undefined) throw new Error(`${type} ${id}: the key ${found.key} is not here`);
        if (found.v > spec.sealedUpcasts.length + 1 || found.v < 1) throw new UnknownSealedVersion(type, found.v);
        const today = spec.sealedUpcasts
          .slice(found.v - 1)
          .reduce((old, step) => step(old), content(key, found, type, id));
        for (const name in today) {
          // A step sees one class at a time: what it made for another class from nothing is not taken.
          const field = spec.fields[name];
          if (today[name] !== undefined && field?.sealed && field.cls === cls)
            fields = { ...fields, [name]: today[name] };
        }
      }
      return { fields: fields as JsonObject, erased };
    },
  };
};

interface Split {
  readonly plain: Readonly<Record<string, unknown>>;
  readonly secret: readonly {
    readonly cls: DataClass;
    readonly scope: KeyScope;
    readonly fields: Record<string, unknown>;
  }[];
}

/** Only classes that this fact fills get a box: an optional narrative left out makes no key. */
const split = (
  { caseId, service, type }: SealPlace,
  spec: FactSpec,
  data: Readonly<Record<string, unknown>>,
): Split => {
  const plain: Record<string, unknown> = {};
  const secret: { cls: DataClass; scope: KeyScope; fields: Record<string, unknown> }[] = [];
  for (const name of Object.keys(data)) {
    const field = Object.hasOwn(spec.fields, name) ? spec.fields[name] : undefined;
    if (!field) throw new Error(`${type}.${name} is not declared: it has no data class`);
    const value = data[name];
    if (value === undefined) continue;
    if (!field.sealed) {
      plain[name] = value;
      continue;
    }
    const { cls } = field;
    const box = secret.find((known) => known.cls === cls);
    if (box) box.fields[name] = value;
    else secret.push({ cls, scope: dataKey(caseId, cls, service), fields: { [name]: value } });
  }
  return { plain, secret };
};

const aad = (keyName: string, type: string, eventId: string, v: number): Buffer =>
  Buffer.from(`box ${keyName}/${type}/${eventId}/${v}`);

/** @throws SealBroken */
const content = (key: KeyObject, { key: name, v, iv, tag, text }: SealedBox, type: string, eventId: string) => {
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(iv, 'base64'), { authTagLength: 16 })
      .setAAD(aad(name, type, eventId, v))
      .setAuthTag(Buffer.from(tag, 'base64'));
    return JSON.parse(decipher.update(text, 'base64', 'utf8') + decipher.final('utf8')) as Record<string, unknown>;
  } catch (error) {
    throw new SealBroken(`${type} ${eventId}`, { cause: error });
  }
};

/** Classes with a sealed field, found once per fact type. */
const classesOf = () => {
  const known = new WeakMap<FactSpec, readonly DataClass[]>();
  return (spec: FactSpec): readonly DataClass[] => {
    const before = known.get(spec);
    if (before) return before;
    const found = [
      ...new Set(
        Object.values(spec.fields)
          .filter(({ sealed }) => sealed)
          .map(({ cls }) => cls),
      ),
    ];
    known.set(spec, found);
    return found;
  };
};

/** Random nonces, drawn from the system a hundred at a time. Each is handed out once. */
const ivs = () => {
  let pool = Buffer.alloc(0);
  let next = 0;
  return (): Buffer => {
    if (next >= pool.length) {
      pool = randomFillSync(Buffer.alloc(1200));
      next = 0;
    }
    return pool.subarray(next, (next += 12));
  };
};
