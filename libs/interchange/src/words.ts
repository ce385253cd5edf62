import type { Said } from '@resguardo/contracts';

const said = (es: string, en: string): Said => ({ es, en });

/** What is wrong with a document, by `DocumentProblem.problem`. */
const PROBLEMS: Readonly<Record<string, Said>> = {
  'not-xml': said(
    'No es un documento XML. Aquí no se reciben imágenes, videos, archivos comprimidos ni otro contenido: el material queda con la fiscalía.',
    'This is not an XML document. Images, videos, archives and other content are not taken here: the material stays with the prosecutor.',
  ),
  content: said(
    'El documento lleva un archivo incrustado. Pida el reporte sin contenido: el material queda con la fiscalía.',
    'The document carries a file inside. Ask for the report without content: the material stays with the prosecutor.',
  ),
  'too-large': said('El archivo pasa de {limit} bytes.', 'The file is larger than {limit} bytes.'),
  'too-many-files': said(
    'Son más de {limit} archivos; impórtelos por partes.',
    'More than {limit} files; import them in parts.',
  ),
  'too-large-together': said(
    'Juntos pasan de {limit} bytes; impórtelos por partes.',
    'Together they are larger than {limit} bytes; import them in parts.',
  ),
  'too-many-elements': said('Tiene más de {limit} elementos.', 'It has more than {limit} elements.'),
  'too-many-attributes': said(
    'Un elemento tiene más de {limit} atributos.',
    'An element has more than {limit} attributes.',
  ),
  'too-deep': said(
    'Los elementos están anidados en más de {limit} niveles.',
    'Elements are nested more than {limit} deep.',
  ),
  'too-long': said('Un texto pasa de {limit} caracteres.', 'A text is longer than {limit} characters.'),
  'too-many-victims': said('Nombra a más de {limit} víctimas.', 'It names more than {limit} victims.'),
  encoding: said(
    'La codificación «{encoding}» no se lee; use UTF-8.',
    'The encoding "{encoding}" is not read; use UTF-8.',
  ),
  'not-decodable': said(
    'Hay caracteres que no corresponden a la codificación {encoding}.',
    'Some characters do not fit the encoding {encoding}.',
  ),
  malformed: said('El XML está mal formado: {detail}', 'The XML is malformed: {detail}'),
  doctype: said(
    'Una declaración DOCTYPE no se acepta: las entidades y referencias externas no se leen.',
    'A DOCTYPE declaration is not accepted: entities and external references are not read.',
  ),
  instruction: said(
    'La instrucción de proceso «{target}» no se acepta.',
    'The processing instruction "{target}" is not accepted.',
  ),
  'unknown-root': said(
    '<{name}> no es un documento de reporte. Se esperaba uno de: {expected}.',
    '<{name}> is not a document of a report. Expected one of: {expected}.',
  ),
  'unknown-element': said(
    'El elemento <{name}> no es parte del formato aquí.',
    'The element <{name}> is not part of the format here.',
  ),
  'out-of-order': said(
    'El elemento <{name}> está fuera de orden; aquí se esperaba {expected}.',
    'The element <{name}> is out of order; expected here: {expected}.',
  ),
  'too-often': said('El elemento <{name}> aparece más de una vez.', 'The element <{name}> appears more than once.'),
  'missing-element': said('Falta el elemento {name}.', 'The element {name} is missing.'),
  'unknown-attribute': said(
    'El atributo «{name}» no es parte del formato.',
    'The attribute "{name}" is not part of the format.',
  ),
  'missing-attribute': said('Falta el atributo «{name}».', 'The attribute "{name}" is missing.'),
  'not-in-list': said(
    'El valor no está en la lista cerrada del formato ({type}).',
    "The value is not in the format's closed list ({type}).",
  ),
  'not-of-type': said('El valor no es de tipo {type}.', 'The value is not of type {type}.'),
  'stray-text': said('Hay texto suelto entre los elementos.', 'There is stray text between the elements.'),
  'report-id': said(
    'El número de reporte debe tener de 1 a 19 dígitos, y solo se indica cuando hay exactamente un reporte.',
    'The report number must have 1 to 19 digits, and is given only with exactly one report.',
  ),
  'other-report-id': said(
    'El número de reporte indicado no es el de la respuesta o el de los archivos.',
    'The report number given is not the one of the response or of the files.',
  ),
  'no-state': said('Indique la entidad federativa competente.', 'Say which state is competent.'),
  busy: said(
    'No se pudo decidir a tiempo. Importe otra vez: nada se duplica.',
    'It could not be decided in time. Import again: nothing is doubled.',
  ),
  'busy-with-yours': said(
    'Otra importación suya sigue en curso. De este envío no se tomó nada: envíelo otra vez cuando aquella termine; nada se duplica.',
    'Another import of yours is still under way. Nothing of this one was taken: send it again when that one has ended; nothing is doubled.',
  ),
  'busy-with-others': said(
    'Hay demasiadas importaciones en espera. De este envío no se tomó nada: envíelo otra vez en un minuto; nada se duplica.',
    'Too many imports are waiting. Nothing of this one was taken: send it again in a minute; nothing is doubled.',
  ),
  refused: said('No se pudo registrar ({code}).', 'It could not be recorded ({code}).'),
};

/** What a person should know although the document was taken. */
const WARNINGS: Readonly<Record<string, Said>> = {
  'no-email': said(
    'Quien reporta no da correo electrónico; la documentación del formato lo pide.',
    'The reporting person gives no e-mail; the documentation of the format asks for it.',
  ),
  'not-verified': said(
    '{field}: hay fecha de verificación, pero no dice que esté verificado.',
    '{field}: there is a verification date, but it does not say verified.',
  ),
  'in-future': said('{field}: la fecha está en el futuro.', '{field}: the date lies in the future.'),
  'no-zone': said(
    '{field}: la hora no dice su zona; se leyó como UTC.',
    '{field}: the time names no zone; it was read as UTC.',
  ),
  'many-reported': said(
    'Hay más de una cuenta señalada y el reporte no es por lote.',
    'More than one account is reported and the report is not batched.',
  ),
  'email-of-nobody': said(
    '{field}: el correo del incidente no aparece en ninguna persona.',
    '{field}: the e-mail of the incident is not given for any person.',
  ),
  'prior-report': said('{field}: no parece un número de reporte.', '{field}: this does not look like a report number.'),
  'many-reports': said(
    'Hay varios reportes: no se sabe cuál número es de cuál. Impórtelos uno a uno con su respuesta.',
    'There are several reports: which number is whose cannot be told. Import them one by one with their response.',
  ),
  'id-from-files': said(
    'El número de reporte se tomó de los detalles de archivo.',
    'The report number was taken from the file details.',
  ),
  'response-alone': said(
    'Una respuesta sola no dice de qué trata. Impórtela junto con su reporte.',
    'A response alone does not say what it is about. Import it together with its report.',
  ),
  'response-error': said(
    'La respuesta lleva el código de error {code}.',
    'The response carries the error code {code}.',
  ),
  'no-such-child': said(
    'No nombra víctima: se abrió un caso con una niña, niño o adolescente sin identificar.',
    'No victim is named: a case with an unidentified child was opened.',
  ),
  'not-on-the-team': said(
    'Pertenece a un caso que usted no puede abrir. Si debe atenderlo, pida a quien supervisa que le incorpore a su equipo.',
    'It belongs to a case that you may not open. If it is yours to attend, ask your supervisor to put you on its team.',
  ),
};

export interface Warning {
  readonly warning: string;
  readonly values: Readonly<Record<string, string | number>>;
}

const filled = (template: string, values: Readonly<Record<string, string | number>>) =>
  template.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
const inWords = (words: Said | undefined, fallback: string, values: Warning['values']): Said => ({
  es: filled(words?.es ?? fallback, values),
  en: filled(words?.en ?? fallback, values),
});

export const problemInWords = (problem: string, values: Warning['values']): Said =>
  inWords(PROBLEMS[problem], problem, values);
export const warningInWords = ({ warning, values }: Warning): Said => inWords(WARNINGS[warning], warning, values);
export const isWorded = (problem: string): boolean => problem in PROBLEMS || problem in WARNINGS;
