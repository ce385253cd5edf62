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

/** Internal to kafkajs, pinned with it; see `rests.ts`. */
declare module 'kafkajs/src/network/requestQueue/index.js' {
  import type { EventEmitter } from 'node:events';

  export default class RequestQueue extends EventEmitter {
    constructor(parts: object);
    readonly pending: readonly unknown[];
    push(request: object): void;
    fulfillRequest(answer: object): void;
    maybeThrottle(milliseconds: number): void;
    destroy(): void;
    checkPendingRequests(): void;
    scheduleCheckPendingRequests(): void;
  }
}
