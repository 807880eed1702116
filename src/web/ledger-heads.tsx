import type { FC } from 'hono/jsx';
import { ledgerSigningKey } from '../disclosure/ledger.ts';
import type { ledgerHeads } from '../store/dashboard-disclosures.ts';
import type { PurposeKey } from '../store/purpose-keys.ts';
import { plural } from './words.tsx';

export type Heads = Awaited<ReturnType<typeof ledgerHeads>>;

/** What someone needs to check later that no row was taken out: each chain's head, its signature, and the public key. */
export function headsDocument({ heads, ledgerKey }: { heads: Heads; ledgerKey: PurposeKey }) {
  const { publicKey } = ledgerSigningKey(ledgerKey);
  return {
    hash: 'head = SHA-256(previous head ‖ leaf), from 32 zero bytes; leaf = SHA-256(salt ‖ row)',
    signature: 'Ed25519 over the 32 bytes of the head; hexadecimal',
    public_key: publicKey.export({ format: 'jwk' }),
    heads: heads.map(({ chain, seq, head, signature, signedAt, keyId }) => ({
      chain,
      seq,
      head,
      signature,
      signed_at: signedAt,
      signed_with: keyId === ledgerKey.id ? 'public_key' : 'an earlier key',
    })),
  };
}

export const LedgerHeads: FC<{ heads: Heads }> = ({ heads }) => (
  <section aria-labelledby="proof">
    <h2 id="proof">Proof that nothing is taken out</h2>
    <p class="small">
      Every answer is written down before it is given, and chained to the one before. Keep this signed head: if a row were changed or
      removed later, it would no longer fit.
    </p>
    {heads.length === 0 ? (
      <p class="small">Nothing has been written yet.</p>
    ) : (
      <>
        <ul class="heads">
          {heads.map(({ chain, seq, head, signedAt }) => (
            <li>
              <code>{head}</code>
              <span class="small">
                Chain {chain}, {plural(seq, 'row')}, signed <time datetime={signedAt}>{signedAt.slice(0, 16).replace('T', ' ')} UTC</time>
              </span>
            </li>
          ))}
        </ul>
        <p>
          <a href="/dashboard/disclosures/heads.json" download="ledger-heads.json">
            Download signed heads (JSON)
          </a>
        </p>
      </>
    )}
  </section>
);
