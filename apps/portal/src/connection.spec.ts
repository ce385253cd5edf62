import { jest } from '@jest/globals';
import { connection } from './connection.js';

describe('whether the server answers', () => {
  let there: boolean | undefined;
  let looks: number;
  let said: boolean[];
  let stop: (() => void)[];
  const after = (seconds: number) => jest.advanceTimersByTimeAsync(seconds * 1_000);

  beforeEach(() => {
    jest.useFakeTimers();
    [there, looks, said] = [true, 0, []];
    connection.heard(true);
    stop = [
      connection.watch(() => said.push(connection.now().reachable)),
      connection.keepLooking(() => {
        looks++;
        return Promise.resolve(there);
      }),
    ];
  });
  afterEach(() => {
    stop.forEach((one) => one());
    jest.useRealTimers();
  });

  it('is known to a page that asks nothing, soon after the server has gone and after it is back', async () => {
    there = false;
    await after(18);
    expect(said).toEqual([false]);
    there = true;
    await after(6);
    expect(said).toEqual([false, true]);
  });

  it('is not doubted for one look that is lost', async () => {
    there = false;
    await after(15);
    there = true;
    await after(40);
    expect(said).toEqual([]);
  });

  it('is looked at soon when the network goes or a feed breaks off, and said only once', async () => {
    there = false;
    connection.doubt();
    connection.doubt();
    await after(1);
    expect([looks, said]).toEqual([1, []]);
    await after(2);
    expect(said).toEqual([false]);
  });

  it('is heard from what is asked, and then not looked at besides', async () => {
    for (let i = 0; i < 10; i++) {
      await after(10);
      connection.heard(true);
    }
    expect(looks).toBe(0);
    await after(60);
    expect(looks).toBe(4);
  });

  it('is not looked at while nobody sees the page, nor after the last look', async () => {
    there = undefined;
    await after(600);
    expect([looks, said]).toEqual([1, []]);
    [there, looks] = [false, 0];
    connection.doubt();
    stop.forEach((one) => one());
    await after(600);
    expect([looks, said]).toEqual([0, []]);
  });

  it('a look that was overtaken by other news changes nothing', async () => {
    stop[1]!();
    let answer: (there: boolean) => void = () => {};
    stop[1] = connection.keepLooking(() => {
      looks++;
      return new Promise((told) => (answer = told));
    });
    connection.heard(false);
    await after(5);
    connection.heard(true);
    answer(false);
    await after(10);
    expect([looks, said]).toEqual([1, [false, true]]);
  });
});
