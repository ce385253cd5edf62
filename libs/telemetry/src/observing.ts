import { type Logger, pino } from 'pino';
import { openTelemetry, type Telemetry, type TelemetryOptions } from './telemetry.js';

/** A collector that is away is away for every batch of spans: it is told once a minute. */
const TOLD_EVERY_MS = 60_000;

/** What is asked for; nothing that is left out costs anything. */
export interface Observed {
  readonly logLevel: string;
  /** Where Prometheus scrapes. */
  readonly metrics: { readonly host: string; readonly port: number } | undefined;
  /** A collector that takes OTLP over HTTP as JSON. */
  readonly otlpEndpoint: string | undefined;
  readonly serviceName: string;
}

/** Logs, and metrics and traces where the configuration asks for them; a log line names the trace it belongs to. @throws when the port is taken */
export const observing = async (
  { logLevel: level, metrics, otlpEndpoint, serviceName }: Observed,
  names: TelemetryOptions['names'],
): Promise<{ readonly telemetry: Telemetry; readonly log: Logger }> => {
  let logged = (): object => ({});
  const log = pino({ level, name: serviceName, mixin: () => logged() });
  const told = { metrics: -Infinity, traces: -Infinity };
  const telemetry = await openTelemetry({
    metrics,
    otlpEndpoint,
    serviceName,
    names,
    onTrouble: (what) => {
      const now = performance.now();
      if (now - told[what] < TOLD_EVERY_MS) return;
      told[what] = now;
      log.warn({ what }, 'what was observed could not be delivered');
    },
  });
  logged = telemetry.logged ?? logged;
  return { telemetry, log };
};
