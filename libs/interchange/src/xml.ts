import { SaxesParser } from 'saxes';

/** Bounds of one document. The schema is six elements deep; what is far over these is no report. */
export const XML_LIMITS = { bytes: 2_000_000, depth: 24, elements: 20_000, attributes: 40, text: 60_000 } as const;

/** An element as read: nothing outside the document has been fetched, no entity but the five of XML has been replaced. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** Text of this element alone, as written. */
  readonly text: string;
  readonly children: readonly XmlElement[];
  readonly line: number;
  readonly column: number;
  /** `report/victim[2]/screenName`; a number stands where the element is not the first of its name. */
  readonly path: string;
}

/** The first thing that is wrong with a document; nothing of it is taken. */
export interface DocumentProblem {
  readonly code: 'E-XML' | 'E-SCHEMA' | 'E-LIMIT' | 'E-NO-CONTENT';
  /** Which sentence says it; see `words.ts`. */
  readonly problem: string;
  readonly values: Readonly<Record<string, string | number>>;
  readonly line?: number;
  readonly column?: number;
  readonly field?: string;
}

class Stopped extends Error {
  constructor(readonly problem: DocumentProblem) {
    super(problem.problem);
  }
}

const LATIN_1 = /^(iso-8859-1|iso_8859-1|latin-?1|l1)$/i;
const XSI = 'http://www.w3.org/2001/XMLSchema-instance';

const problemOf = (
  code: DocumentProblem['code'],
  problem: string,
  values: DocumentProblem['values'] = {},
  place: Pick<DocumentProblem, 'line' | 'column' | 'field'> = {},
): DocumentProblem => ({ code, problem, values, ...place });

/** Line of the first byte that is not UTF-8, from 1. */
const brokenLine = (bytes: Uint8Array): number => {
  let line = 1;
  for (let from = 0; from < bytes.length; line++) {
    const end = bytes.indexOf(10, from);
    const to = end < 0 ? bytes.length : end;
    try {
      new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(from, to));
    } catch {
      return line;
    }
    from = to + 1;
  }
  return line;
};

const NOTHING_TO_READ = problemOf('E-NO-CONTENT', 'not-xml');

/**
 * Bytes to text. UTF-8 unless a mark or the declaration says UTF-16; Latin-1 only when it is declared.
 * What does not begin as XML is content of another kind and is not looked at any further (R-302).
 */
export const decoded = (bytes: Uint8Array): string | DocumentProblem => {
  if (bytes.length > XML_LIMITS.bytes) return problemOf('E-LIMIT', 'too-large', { limit: XML_LIMITS.bytes });
  const [a, b, c, d] = bytes;
  const wide =
    (a === 0xff && b === 0xfe) || (a === 0x3c && b === 0 && d === 0)
      ? 'utf-16le'
      : (a === 0xfe && b === 0xff) || (a === 0 && b === 0x3c && c === 0)
        ? 'utf-16be'
        : undefined;
  const head = new TextDecoder(wide ?? 'latin1').decode(bytes.subarray(0, 400)).replace(/^(\uFEFF|ï»¿)/, '');
  if (!/^\s*</.test(head) || /^\s*<(svg|html|!doctype\s+(html|svg))/i.test(head)) return NOTHING_TO_READ;
  const declared = /^\s*<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']/.exec(head)?.[1]?.toLowerCase();
  const marked = a === 0xef && b === 0xbb && c === 0xbf;
  const encoding = wide ?? (marked ? 'utf-8' : (declared ?? 'utf-8'));
  const first = { line: 1, column: 1 };
  if (wide && declared && !/^utf-?16(le|be)?$/.test(declared))
    return problemOf('E-XML', 'encoding', { encoding: declared }, first);
  if (LATIN_1.test(encoding)) return new TextDecoder('latin1').decode(bytes);
  if (encoding !== wide && !/^(utf-?8|us-ascii|ascii)$/.test(encoding))
    return problemOf('E-XML', 'encoding', { encoding }, first);
  try {
    return new TextDecoder(wide ?? 'utf-8', { fatal: true }).decode(bytes);
  } catch {
    return problemOf('E-XML', 'not-decodable', { encoding: wide ?? 'utf-8' }, wide ? {} : { line: brokenLine(bytes) });
  }
};

/** Text that somebody else decoded: a letter that could not be read shows that it was not UTF-8. */
const checked = (text: string): string | DocumentProblem => {
  if (text.length > XML_LIMITS.bytes) return problemOf('E-LIMIT', 'too-large', { limit: XML_LIMITS.bytes });
  if (!/^\uFEFF?\s*</.test(text) || /^\uFEFF?\s*<(svg|html|!doctype\s+(html|svg))/i.test(text)) return NOTHING_TO_READ;
  const lost = text.indexOf('\uFFFD');
  if (lost < 0) return text;
  return problemOf('E-XML', 'not-decodable', { encoding: 'utf-8' }, { line: text.slice(0, lost).split('\n').length });
};

/**
 * R-302: an inline file hides in text. A data URL, a long run of base64, or many lines of it. A run is looked at from its beginning only:
 * from each of its letters, a document of the size that is let in would stop the process for a quarter of a minute.
 */
const CONTENT =
  /data:[a-z]+\/[a-z0-9.+-]+[;,]|(?<![A-Za-z0-9+/])(?:[A-Za-z0-9+/]{400}|(?:[A-Za-z0-9+/]{60,}={0,2}\s+){5})/i;

interface Open {
  name: string;
  attributes: Record<string, string>;
  text: string;
  children: XmlElement[];
  line: number;
  column: number;
  path: string;
  seen: Record<string, number>;
}

/** Well-formed, inside the bounds, with nothing in it that points outside: no DOCTYPE, no entities, no processing instructions. */
export const readXml = (document: Uint8Array | string): XmlElement | DocumentProblem => {
  const text = typeof document === 'string' ? checked(document) : decoded(document);
  if (typeof text !== 'string') return text;
  const parser = new SaxesParser({ xmlns: true, position: true });
  const open: Open[] = [];
  let root: XmlElement | undefined;
  let count = 0;
  let started = { line: 1, column: 1 };
  const here = () => ({
    line: parser.line,
    column: parser.column + 1,
    ...(open.at(-1) && { field: open.at(-1)!.path }),
  });
  const stop = (code: DocumentProblem['code'], problem: string, values: DocumentProblem['values'] = {}): never => {
    throw new Stopped(problemOf(code, problem, values, here()));
  };
  parser.on('error', (error) => {
    // saxes says "12:3: what is wrong."; the place is given apart.
    stop('E-XML', 'malformed', { detail: error.message.replace(/^(\d+:\d+: ?)+/, '').slice(0, 200) });
  });
  parser.on('doctype', () => stop('E-XML', 'doctype'));
  parser.on('processinginstruction', ({ target }) => stop('E-XML', 'instruction', { target: target.slice(0, 40) }));
  parser.on('opentagstart', ({ name }) => {
    started = { line: parser.line, column: Math.max(1, parser.column - name.length - 1) };
    if (++count > XML_LIMITS.elements) stop('E-LIMIT', 'too-many-elements', { limit: XML_LIMITS.elements });
    if (open.length >= XML_LIMITS.depth) stop('E-LIMIT', 'too-deep', { limit: XML_LIMITS.depth });
  });
  parser.on('opentag', ({ name, uri, local, attributes }) => {
    const parent = open.at(-1);
    const nth = parent ? (parent.seen[name] = (parent.seen[name] ?? 0) + 1) : 1;
    const path = `${parent ? `${parent.path}/` : ''}${name.slice(0, 80)}${nth > 1 ? `[${nth}]` : ''}`;
    const kept: Record<string, string> = {};
    const given = Object.values(attributes);
    if (given.length > XML_LIMITS.attributes) stop('E-LIMIT', 'too-many-attributes', { limit: XML_LIMITS.attributes });
    for (const attribute of given) {
      if (attribute.prefix === 'xmlns' || attribute.name === 'xmlns') continue;
      if (attribute.uri === XSI && /^(noNamespaceS|s)chemaLocation$/.test(attribute.local)) continue;
      if (attribute.value.length > 2_000) stop('E-LIMIT', 'too-long', { limit: 2_000 });
      if (CONTENT.test(attribute.value)) stop('E-NO-CONTENT', 'content');
      kept[attribute.name] = attribute.value;
    }
    const named = uri === '' ? local : `{${uri.slice(0, 60)}}${local}`;
    open.push({ name: named, attributes: kept, text: '', children: [], ...started, path, seen: {} });
  });
  const addText = (added: string) => {
    const element = open.at(-1);
    if (!element) return;
    element.text += added;
    if (element.text.length > XML_LIMITS.text) stop('E-LIMIT', 'too-long', { limit: XML_LIMITS.text });
  };
  parser.on('text', addText);
  parser.on('cdata', addText);
  parser.on('closetag', () => {
    const { seen: _, ...element } = open.at(-1)!;
    if (CONTENT.test(element.text)) stop('E-NO-CONTENT', 'content');
    open.pop();
    const parent = open.at(-1);
    if (parent) parent.children.push(element);
    else root = element;
  });
  try {
    parser.write(text).close();
  } catch (error) {
    if (error instanceof Stopped) return error.problem;
    throw error;
  }
  return root ?? problemOf('E-XML', 'malformed', { detail: 'no root element' });
};

export const isProblem = (value: object): value is DocumentProblem => 'problem' in value;
