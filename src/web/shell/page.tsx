import type { Child, FC, PropsWithChildren } from 'hono/jsx';
import { mayGoTo, places, type PagePath, type Visitor } from './navigation.ts';
import { stylesheet } from './styles.ts';

export interface PageProps {
  readonly title: string;
  /** Who is signed in: shows the navigation. */
  readonly person?: Visitor | null;
  /** The navigation's path that this page belongs to. */
  readonly at?: PagePath;
  /** One column for a single form. */
  readonly narrow?: boolean;
}

/** A whole page: header, main, footer. */
export const Page: FC<PropsWithChildren<PageProps>> = ({ title, person, at, narrow, children }) => (
  <html lang="en">
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="robots" content="noindex" />
      <title>{title} · Certveil</title>
      <link rel="stylesheet" href={stylesheet.path} />
    </head>
    <body>
      <a class="skip" href="#main">
        Skip to the content
      </a>
      <Header person={person ?? null} {...(at && { at })} />
      <main id="main" class={narrow ? 'narrow' : ''}>
        {children}
      </main>
      <footer>
        <p>
          Certveil stands between your certificates and AI assistants. They get only what you allow, and you can end it at once.{' '}
          <a href="/privacy">Privacy</a> · <a href="/promises">Promises</a> · <a href="/contact">Contact</a>
        </p>
      </footer>
    </body>
  </html>
);

const Header: FC<{ person: Visitor | null; at?: string }> = ({ person, at }) => (
  <header class="top">
    <div>
      <a class="brand" href="/">
        Certveil
      </a>
      {person && (
        <>
          <nav aria-label="Dashboard">
            <ul>
              {places
                .filter((place) => mayGoTo(place, person))
                .map(({ path, label }) => (
                  <li>
                    <a href={path} {...(path === at && { 'aria-current': 'page' as const })}>
                      {label}
                    </a>
                  </li>
                ))}
            </ul>
          </nav>
          <div class="who">
            <span class="name">{person.displayName}</span>
            <form method="post" action="/sign-out">
              <button class="link">Sign out</button>
            </form>
          </div>
        </>
      )}
    </div>
  </header>
);

export const Notice: FC<PropsWithChildren<{ kind?: 'info' | 'warning' | 'bad' }>> = ({ kind = 'info', children }) => (
  <div class={`notice ${kind}`} role={kind === 'bad' ? 'alert' : 'note'}>
    {children}
  </div>
);

export const Button: FC<PropsWithChildren<{ name?: string; value?: string; kind?: 'main' | 'quiet' | 'danger' | 'link' }>> = ({
  kind = 'main',
  children,
  ...named
}) => (
  <button type="submit" class={kind} {...named}>
    {children}
  </button>
);

export const Actions: FC<PropsWithChildren> = ({ children }) => <div class="actions">{children}</div>;

export const Card: FC<PropsWithChildren> = ({ children }) => <section class="card">{children}</section>;

export interface FieldProps {
  readonly name: string;
  readonly label: string;
  readonly type?: 'text' | 'email' | 'password' | 'search' | 'date';
  readonly autocomplete?: string;
  readonly value?: string;
  readonly hint?: string;
  readonly required?: boolean;
  readonly minlength?: number;
  readonly maxlength?: number;
}

export const Field: FC<FieldProps> = ({ name, label, type = 'text', hint, ...rest }) => (
  <div class="field">
    <label for={`field-${name}`}>{label}</label>
    <input id={`field-${name}`} name={name} type={type} {...(hint && { 'aria-describedby': `hint-${name}` })} {...rest} />
    {hint && (
      <p class="small" id={`hint-${name}`}>
        {hint}
      </p>
    )}
  </div>
);

/** Names and values, in two columns where there is room. */
export const Facts: FC<{ facts: readonly (readonly [name: string, value: Child])[] }> = ({ facts }) => (
  <dl class="facts">
    {facts.map(([name, value]) => (
      <>
        <dt>{name}</dt>
        <dd>{value}</dd>
      </>
    ))}
  </dl>
);

export interface TableProps {
  readonly caption: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Child[])[];
}

/** On a phone each row is a card that repeats the column names; the roles keep it a table for screen readers. */
export const Table: FC<TableProps> = ({ caption, columns, rows }) => (
  <div class="table" role="region" aria-label={caption} tabindex={0}>
    <table role="table">
      <caption>{caption}</caption>
      <thead role="rowgroup">
        <tr role="row">
          {columns.map((each) => (
            <th scope="col" role="columnheader">
              {each}
            </th>
          ))}
        </tr>
      </thead>
      <tbody role="rowgroup">
        {rows.map((cells) => (
          <tr role="row">
            {cells.map((cell, at) => (
              <td role="cell" data-label={columns[at]}>
                {cell}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  </div>
);

export const Empty: FC<PropsWithChildren<{ title: string }>> = ({ title, children }) => (
  <div class="empty">
    <h2>{title}</h2>
    {children}
  </div>
);

/** A page with one sentence. */
export const Message: FC<{ title: string; text: string; link?: { href: string; label: string } }> = ({ title, text, link }) => (
  <Page title={title} narrow>
    <h1>{title}</h1>
    <p class="lead">{text}</p>
    {link && (
      <Actions>
        <a class="button" href={link.href}>
          {link.label}
        </a>
      </Actions>
    )}
  </Page>
);

/** The text of a whole document. */
export async function renderPage(page: { toString(): string | Promise<string> }): Promise<string> {
  return `<!doctype html>${await page.toString()}`;
}
