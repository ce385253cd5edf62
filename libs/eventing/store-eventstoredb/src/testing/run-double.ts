// The EventStoreDB test double in a process of its own: run-double.ts FILE [PORT]. What FILE holds outlives a kill -9.
import { doubleLog } from './double-log.js';
import { startDouble } from './double-server.js';

const [file, port] = process.argv.slice(2);
if (!file) throw new Error('usage: run-double.ts FILE [PORT]');
const server = await startDouble({ log: doubleLog(file), port: Number(port ?? 0) });
console.log(`EventStoreDB test double: esdb://127.0.0.1:${server.port}?tls=false`);
