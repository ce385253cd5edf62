import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import './rests.js';
import './stops-for-good.js';
import { type ISocketFactory, Kafka, type KafkaConfig, logLevel } from 'kafkajs';

/** As pino has it. */
export interface BusLog {
  debug(about: object, message: string): void;
  info(about: object, message: string): void;
  warn(about: object, message: string): void;
  error(about: object, message: string): void;
}

/** How to reach the brokers; `sasl` and `ssl` as kafkajs takes them. */
export type KafkaConnection = Pick<KafkaConfig, 'brokers' | 'clientId' | 'sasl' | 'ssl' | 'socketFactory'>;

/** Within the client; around it, relay and feed try without end. The sum of the waits is shorter than a broker's session. */
export const RETRY = { initialRetryTime: 100, multiplier: 1.5, maxRetryTime: 200, retries: 5 } as const;

// The client logs at "error" what it is about to try again, and at "info" what is of use only to who debugs it.
const LEVELS: Readonly<Record<number, keyof BusLog>> = {
  [logLevel.ERROR]: 'warn',
  [logLevel.WARN]: 'info',
  [logLevel.INFO]: 'debug',
  [logLevel.DEBUG]: 'debug',
};

/** Said to whoever operates; never what a message holds. */
const SAID = ['broker', 'groupId', 'memberId', 'topic', 'partition', 'retryCount', 'retryTime', 'error'] as const;

/** The client's own sockets hold small requests back while an answer is under way. */
const promptSockets: ISocketFactory = ({ host, port, ssl, onConnect }) => {
  const name = isIP(host) ? {} : { servername: host };
  const socket = ssl ? connectTls({ host, port, ...name, ...ssl }, onConnect) : connectTcp({ host, port }, onConnect);
  return socket.setNoDelay(true).setKeepAlive(true, 60_000);
};

/** A socket that the client gave up may break minutes later. */
const told = (socket: Socket, onBroken: (error: Error) => void): Socket =>
  socket.once('error', (error) => {
    if (!socket.writableEnded) onBroken(error);
  });

/** @param onBroken told when a connection broke, or could not be made */
export const kafkaClient = (connection: KafkaConnection, log: BusLog, onBroken?: (error: Error) => void): Kafka => {
  const { socketFactory = promptSockets } = connection;
  return new Kafka({
    ...connection,
    socketFactory: onBroken ? (to) => told(socketFactory(to), onBroken) : socketFactory,
    retry: RETRY,
    connectionTimeout: 3_000,
    logLevel: logLevel.INFO,
    logCreator:
      () =>
      ({ namespace, level, log: { message, ...about } }) =>
        log[LEVELS[level] ?? 'debug'](
          {
            kafka: namespace,
            ...Object.fromEntries(
              SAID.filter((name) => typeof about[name] === 'string' || typeof about[name] === 'number').map((name) => [
                name,
                about[name],
              ]),
            ),
          },
          message,
        ),
  });
};

export const noLog: BusLog = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
