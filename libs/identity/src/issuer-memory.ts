/** What the provider keeps of one thing: a session, a grant, a code, a token. */
type Kept = Record<string, unknown> & { grantId?: string; uid?: string; consumed?: number };

/**
 * Sessions, codes and refresh tokens of the embedded issuer, in memory: a restart means signing in again, and nothing more.
 * Bounded: the oldest goes when it is full.
 */
export const issuerMemory = (most = 20_000) => {
  const kept = new Map<string, { readonly value: Kept; readonly until: number }>();
  const find = (key: string): Kept | undefined => {
    const found = kept.get(key);
    if (found && found.until <= Date.now()) kept.delete(key);
    return found && found.until > Date.now() ? found.value : undefined;
  };

  return class IssuerMemory {
    constructor(private readonly model: string) {}

    private key(id: string) {
      return `${this.model}:${id}`;
    }
    async upsert(id: string, value: Kept, expiresIn?: number): Promise<void> {
      const key = this.key(id);
      kept.delete(key);
      if (kept.size >= most) kept.delete(kept.keys().next().value!);
      kept.set(key, { value, until: expiresIn === undefined ? Infinity : Date.now() + expiresIn * 1000 });
    }
    async find(id: string): Promise<Kept | undefined> {
      return find(this.key(id));
    }
    async findByUid(uid: string): Promise<Kept | undefined> {
      for (const [key, { value }] of kept) if (key.startsWith(`${this.model}:`) && value.uid === uid) return find(key);
      return undefined;
    }
    async findByUserCode(): Promise<undefined> {
      return undefined;
    }
    async consume(id: string): Promise<void> {
      const found = find(this.key(id));
      if (found) found.consumed = Math.floor(Date.now() / 1000);
    }
    async destroy(id: string): Promise<void> {
      kept.delete(this.key(id));
    }
    async revokeByGrantId(grantId: string): Promise<void> {
      for (const [key, { value }] of kept)
        if (key.startsWith(`${this.model}:`) && value.grantId === grantId) kept.delete(key);
    }
  };
};
