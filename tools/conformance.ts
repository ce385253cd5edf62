import { readFileSync } from 'node:fs';
import { eventsIn, REASONS, recordOf, topicOf, verdictOf } from '@resguardo/bus-messages';
import { SERVICES } from '@resguardo/contracts';

const USAGE = `usage: npm run conformance -- [--feed SERVICE] FILE…   (SERVICE: ${SERVICES.join(', ')})`;

/**
 * `npm run conformance -- FILE…`: whether events of another system would be accepted, field by field, with the reason.
 * A file holds one event or a list: CloudEvents in JSON, or Kafka records as `{topic, key, headers, value}`. It asks the validator that the
 * consumers of the feeds ask. Ends 0 when all would be accepted, 1 when one would not, 2 when a file could not be read.
 */
const cannot = (why: string): never => {
  console.error(why);
  process.exit(2);
};

const args = process.argv.slice(2);
const option = args.indexOf('--feed');
const [, name] = option === -1 ? [] : args.splice(option, 2);
const feed = SERVICES.find((service) => service === name);
if (args.length === 0 || (option !== -1 && !feed)) cannot(USAGE);

let refused = 0;
for (const file of args) {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(readFileSync(file));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    cannot(
      `${file}: ${code === 'ENOENT' ? 'there is no such file' : code === 'ERR_ENCODING_INVALID_ENCODED_DATA' ? 'is not UTF-8' : 'cannot be read'}`,
    );
  }
  let events: readonly unknown[] = [];
  try {
    events = eventsIn(text!);
  } catch (error) {
    console.log(`refused   ${file}: ${(error as Error).message}`);
    refused++;
  }
  for (const [index, event] of events.entries()) {
    const { accepted, topic, fields } = verdictOf(recordOf(event, feed));
    if (!accepted) refused++;
    const place = events.length > 1 ? `${file}[${index}]` : file;
    console.log(
      `${accepted ? 'accepted' : 'refused '}  ${place}  ${topic || `(no feed: say --feed, a topic, or a dataschema as ${topicOf('health')}'s)`}`,
    );
    for (const field of fields)
      console.log(
        field.verdict === 'refused'
          ? `  no  ${field.path}: ${REASONS[field.problem]}`
          : `  ${field.verdict === 'accepted' ? 'ok' : '? '}  ${field.path}`,
      );
  }
}
process.exit(refused > 0 ? 1 : 0);
