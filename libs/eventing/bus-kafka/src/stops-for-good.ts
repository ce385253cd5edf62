import Runner from 'kafkajs/src/consumer/runner.js';

/**
 * A consumer of kafkajs (2.2.4) that is stopped while its fetchers are made anew, because a broker came or went, makes them all the same. They
 * ask the stopped consumer, are given nothing at once, and ask again, without ever giving way to anything else: the process is lost, at full
 * speed. Asked after its end, it fails instead, which ends them.
 */
const { fetch } = Runner.prototype;
Runner.prototype.fetch = async function (nodeId) {
  if (!this.running) throw new Error('the consumer has been stopped');
  return fetch.call(this, nodeId);
};
