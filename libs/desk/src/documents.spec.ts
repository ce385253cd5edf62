import { documentKey, registeredDocuments } from './documents.js';

describe('registered documents', () => {
  const text = 'query Me { me { actor role } }';
  const known = registeredDocuments({ [documentKey(text)]: text });

  it('know a document however it is spaced and with __typename added', () => {
    expect(known('query Me {\n  me {\n    actor\n    role\n    __typename\n  }\n}')).toBe(true);
    expect(known('query Me{__typename me{__typename actor role}}')).toBe(true);
  });

  it('know no document that asks for more, or that cannot be parsed', () => {
    expect(known('query Me { me { actor role states } }')).toBe(false);
    expect(known('query Me { me { actor role } other: me { actor } }')).toBe(false);
    expect(known('query Me { me { actor __typename: role } }')).toBe(false);
    expect(known('query Me {')).toBe(false);
    expect(known(undefined)).toBe(false);
  });
});
