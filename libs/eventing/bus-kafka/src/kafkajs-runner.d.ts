/** Internal to kafkajs, pinned with it; see `stops-for-good.ts`. */
declare module 'kafkajs/src/consumer/runner.js' {
  export default class Runner {
    constructor(parts: object);
    readonly running: boolean;
    start(): Promise<void>;
    stop(): Promise<void>;
    fetch(nodeId: string): Promise<readonly unknown[]>;
  }
}
