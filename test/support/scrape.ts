import { createServer } from 'node:net';

/** A port that nobody uses at the moment. */
export const freePort = (): Promise<number> =>
  new Promise((found, failed) => {
    const probe = createServer();
    probe.once('error', failed);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => found(port));
    });
  });

export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const LINE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/;

/** What a server of Prometheus would read. @throws when a line is none of its format */
export const samplesIn = (text: string): readonly Sample[] =>
  text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const [, name, labels = '', value] = LINE.exec(line) ?? [];
      if (name === undefined) throw new Error(`no sample: ${line}`);
      const pairs = [...labels.matchAll(/(\w+)="([^"]*)"/g)].map(([, label, said]) => [label!, said!] as const);
      return { name, labels: Object.fromEntries(pairs), value: Number(value) };
    });

export const scrape = async (port: number): Promise<readonly Sample[]> => {
  const response = await fetch(`http://127.0.0.1:${port}/metrics`);
  if (response.status !== 200) throw new Error(`the scrape was answered ${response.status}`);
  return samplesIn(await response.text());
};

/** Sum of the samples of a metric that have these labels. */
export const sum = (
  samples: readonly Sample[],
  metric: string,
  labels: Readonly<Record<string, string>> = {},
): number =>
  samples
    .filter(({ name, labels: said }) => name === metric && Object.entries(labels).every(([l, v]) => said[l] === v))
    .reduce((all, { value }) => all + value, 0);

/** Tokens that a program has refused since it was started, by the reason. */
export const refusedTokensAt = async (port: number): Promise<Readonly<Record<string, number>>> =>
  Object.fromEntries(
    (await scrape(port))
      .filter(({ name }) => name === 'resguardo_refused_tokens_total')
      .map(({ labels, value }) => [labels['reason']!, value]),
  );

/** Names of metrics in the dashboard's expressions. */
export const metricsIn = (dashboard: {
  readonly panels: readonly { readonly targets: readonly { readonly expr: string }[] }[];
}): readonly string[] => [
  ...new Set(
    dashboard.panels.flatMap(({ targets }) =>
      targets.flatMap(({ expr }) => expr.match(/\b(?:resguardo|process|nodejs)_\w+/g) ?? []),
    ),
  ),
];
