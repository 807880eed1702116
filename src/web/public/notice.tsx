import { Hono } from 'hono';
import type { FC } from 'hono/jsx';
import { AppError } from '../../errors.ts';
import type { SignedIn } from '../../oauth/sessions.ts';
import type { Service } from '../../policy/classes.ts';
import { changesBetween, type SectionChange } from '../../policy/notices/changes.ts';
import { noticeSectionTitles } from '../../policy/notices/section.ts';
import type { Orm } from '../../store/engine/db.ts';
import { noteNoticeSeen, noticesOf, type NoticeVersion, type PublishedNotice, type UnseenNotice } from '../../store/notices/notices.ts';
import { showPage, type WebEnv } from '../shell/http.ts';
import { Actions, Button, Notice, Page } from '../shell/page.tsx';
import { renderOnce } from '../shell/render-once.ts';
import type { WebSessions } from '../shell/session.ts';
import { DayText } from '../shell/format.tsx';

export interface NoticeDeps {
  readonly orm: Orm;
  readonly sessions: WebSessions;
  readonly services: readonly Service[];
}

/** `/privacy/{service}`: the notice that holds, its earlier versions, and what changed from one to the next. */
export function noticePages({ orm, sessions, services }: NoticeDeps): Hono<WebEnv> {
  const pages = new Hono<WebEnv>();
  const article = renderOnce();
  const serviceOf = (name: string): Service => {
    const service = services.find((each) => each === name);
    if (!service) throw new AppError('not_available');
    return service;
  };

  pages.get('/privacy', async (c) => {
    const notices = (await Promise.all(services.map((service) => noticesOf({ orm, service })))).flatMap(([current]) => current ?? []);
    return showPage(c, <NoticesPage person={await sessions.sessionOf(c)} notices={notices} />);
  });

  pages.get('/privacy/:service/:version?', async (c) => {
    const versions = await noticesOf({ orm, service: serviceOf(c.req.param('service')) });
    const at = versions.findIndex(({ version }) => version === (c.req.param('version') ?? versions[0]?.version));
    const shown = versions[at];
    if (!shown) throw new AppError('not_available');
    const name = JSON.stringify([shown.notice.service, shown.version, versions.map(({ version, effectiveOn }) => [version, effectiveOn])]);
    return showPage(
      c,
      <Page title={shown.notice.title} person={await sessions.sessionOf(c)}>
        {await article(name, () => <NoticeArticle shown={shown} before={versions[at + 1] ?? null} versions={versions} />)}
      </Page>,
    );
  });

  pages.post('/privacy/:service/seen', sessions.requireSession, async (c) => {
    const service = serviceOf(c.req.param('service'));
    const [current] = await noticesOf({ orm, service });
    if (current) await noteNoticeSeen({ orm, accountId: c.get('person').accountId, service, version: current.version });
    return c.redirect('/dashboard', 303);
  });
  return pages;
}

const NoticesPage: FC<{ person: SignedIn | null; notices: readonly PublishedNotice[] }> = ({ person, notices }) => (
  <Page title="Privacy" person={person} narrow>
    <h1>Privacy notices</h1>
    {notices.map(({ notice, effectiveOn }) => (
      <p>
        <a href={`/privacy/${notice.service}`}>{notice.title}</a>, in force since <DayText day={effectiveOn} />
      </p>
    ))}
  </Page>
);

interface NoticeProps {
  readonly shown: PublishedNotice;
  readonly before: PublishedNotice | null;
  readonly versions: readonly PublishedNotice[];
}

const NoticeArticle: FC<NoticeProps> = ({ shown, before, versions }) => {
  const { notice, effectiveOn, version } = shown;
  const isCurrent = versions[0]?.version === version;
  return (
    <article class="prose">
      <h1>{notice.title}</h1>
      <p class="lead">
        Version {version}, in force since <DayText day={effectiveOn} />.
      </p>
      {!isCurrent && (
        <Notice kind="warning">
          <p>
            This is an earlier version. <a href={`/privacy/${notice.service}`}>Read the one that holds now.</a>
          </p>
        </Notice>
      )}
      {before && <Changes before={before} changes={changesBetween(before.notice, notice)} />}
      {notice.sections.map(({ section, paragraphs }) => (
        <section aria-labelledby={section}>
          <h2 id={section}>{noticeSectionTitles[section]}</h2>
          {paragraphs.map((text) => (
            <p>{text}</p>
          ))}
        </section>
      ))}
      <Versions service={notice.service} versions={versions} />
    </article>
  );
};

const Changes: FC<{ before: NoticeVersion; changes: readonly SectionChange[] }> = ({ before, changes }) => (
  <details class="changes">
    <summary>What changed since version {before.version}</summary>
    {changes.map(({ section, removed, added }) => (
      <section>
        <h3>{noticeSectionTitles[section]}</h3>
        {removed.map((text) => (
          <p>
            <del>{text}</del>
          </p>
        ))}
        {added.map((text) => (
          <p>
            <ins>{text}</ins>
          </p>
        ))}
      </section>
    ))}
    {changes.length === 0 && <p>Only its title or its contact.</p>}
  </details>
);

const Versions: FC<{ service: Service; versions: readonly NoticeVersion[] }> = ({ service, versions }) => (
  <section aria-labelledby="versions">
    <h2 id="versions">Versions</h2>
    <ul>
      {versions.map(({ version, effectiveOn }) => (
        <li>
          <a href={`/privacy/${service}/${version}`}>Version {version}</a>, from <DayText day={effectiveOn} />
        </li>
      ))}
    </ul>
  </section>
);

const serviceNames: Readonly<Record<string, string>> = { certfusion: 'CertFusion', certumssl: 'CertumSSL' };

/** On the dashboard, until the owner says that they have seen it (CS-59). */
export const ChangedNotices: FC<{ unseen: readonly UnseenNotice[] }> = ({ unseen }) => (
  <>
    {unseen.map(({ service, effectiveOn }) => (
      <Notice>
        <p>
          The privacy notice of {serviceNames[service] ?? service} changed on <DayText day={effectiveOn} />.{' '}
          <a href={`/privacy/${service}`}>Read it, and what is different.</a>
        </p>
        <form method="post" action={`/privacy/${service}/seen`}>
          <Actions>
            <Button kind="quiet">I have seen it</Button>
          </Actions>
        </form>
      </Notice>
    ))}
  </>
);
