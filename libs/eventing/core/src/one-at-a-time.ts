/** Runs the tasks of one key in the order they came, one at a time; other keys run beside. */
export const oneAtATime = () => {
  const tails = new Map<string, Promise<unknown>>();
  return <T>(key: string, task: () => Promise<T>): Promise<T> => {
    const run = (tails.get(key) ?? Promise.resolve()).then(task, task);
    const settled = run
      .catch(() => undefined)
      .finally(() => {
        if (tails.get(key) === settled) tails.delete(key);
      });
    tails.set(key, settled);
    return run;
  };
};
export type OneAtATime = ReturnType<typeof oneAtATime>;
