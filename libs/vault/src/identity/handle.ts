/** An account on a platform. The platform is part of it: the same word elsewhere is another person. */
export interface Handle {
  readonly platform: string;
  readonly handle: string;
}

/** Lower case, without `@`, blanks or the address of the profile page around it. Undefined when nothing is left. */
export const normaliseHandle = ({ platform, handle }: Handle): Handle | undefined => {
  const bare = handle
    .normalize('NFKC')
    .trim()
    .toLowerCase()
    .replace(/^(https?:\/\/)?([a-z0-9-]+\.)+[a-z]{2,}\/+/, '')
    .replace(/[?#].*$/, '')
    .replace(/\/+$/, '')
    .replace(/^@+/, '')
    .replace(/\s+/g, '');
  const lastPart = bare.slice(bare.lastIndexOf('/') + 1).replace(/^@+/, '');
  return lastPart ? { platform: platform.trim().toUpperCase(), handle: lastPart } : undefined;
};
