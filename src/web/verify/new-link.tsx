import type { FC } from 'hono/jsx';
import { Actions, Button, Message } from '../shell/page.tsx';

/** What a verification link's address ends in where its recipient asks for another. */
export const newLinkPath = '/new-link';

/** On a certificate's page: its recipient may have another link, which only their own mail tells. */
export const NewLinkForm: FC<{ code: string }> = ({ code }) => (
  <section class="noted" aria-labelledby="new-link">
    <h2 id="new-link">Is this your certificate?</h2>
    <p>
      If its link has reached people whom you don’t want to see it, ask for a new one. We mail that to the address that the issuer gave us
      for you, and to no other. This link then stops at once, for everybody who has it.
    </p>
    <form method="post" action={`/v/${code}${newLinkPath}`}>
      <Actions>
        <Button kind="quiet">Mail the recipient a new link</Button>
      </Actions>
    </form>
  </section>
);

/** The same whether it could be mailed or not. */
export const NewLinkAsked: FC = () => (
  <Message
    title="Look into your mail"
    text="If we have an address for this certificate’s recipient, a new link is on its way there, and the one that you used has stopped. If nothing comes, ask the issuer."
  />
);
