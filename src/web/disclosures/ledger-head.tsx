import type { FC } from 'hono/jsx';
import type { latestOwnHead } from '../../store/ledger/proof.ts';

export type LatestHead = Awaited<ReturnType<typeof latestOwnHead>>;

/** The signed head over the account's latest row, and the file to check all of them with. */
export const LedgerHead: FC<{ latest: LatestHead }> = ({ latest }) => (
  <section aria-labelledby="proof">
    <h2 id="proof">Proof that nothing is taken out</h2>
    <p class="small">
      Every answer is written down before it is given, and chained to the one before. Keep these signed heads: if a row were changed or
      removed later, they would no longer fit.
    </p>
    {latest === null ? (
      <p class="small">Nothing has been written yet.</p>
    ) : (
      <>
        <ul class="heads">
          <li>
            <code>{latest.head}</code>
            <span class="small">
              Over your latest row, signed <time datetime={latest.signedAt}>{latest.signedAt.slice(0, 16).replace('T', ' ')} UTC</time>
            </span>
          </li>
        </ul>
        <p>
          <a href="/dashboard/disclosures/heads.json" download="ledger-heads.json">
            Download your rows and their signed heads (JSON)
          </a>
        </p>
        <p class="small">
          The file says how anyone can check it; <code>certveil ledger verify ledger-heads.json</code> does.
        </p>
      </>
    )}
  </section>
);
