import RequestQueue from 'kafkajs/src/network/requestQueue/index.js';

/**
 * A connection of kafkajs (2.2.4) on which nothing waits looks every millisecond for what waits, as long as it is open (tulios/kafkajs#1704).
 * Whatever begins to wait asks for the look itself.
 */
const { scheduleCheckPendingRequests } = RequestQueue.prototype;
RequestQueue.prototype.scheduleCheckPendingRequests = function () {
  if (this.pending.length > 0) scheduleCheckPendingRequests.call(this);
};
