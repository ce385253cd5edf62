import { uuidv5 } from './ids.js';

describe('derived ids', () => {
  it('are UUIDs of version 5, the same for the same parts', () => {
    const id = uuidv5('caller', 'command', 0);
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(uuidv5('caller', 'command', 0)).toBe(id);
  });

  it('differ when any part differs, also where the parts run together alike', () => {
    const ids = [uuidv5('ab', 'c'), uuidv5('a', 'bc'), uuidv5('abc'), uuidv5('ab', 'c', ''), uuidv5('ab', 'd')];
    expect(new Set(ids).size).toBe(ids.length);
  });
});
