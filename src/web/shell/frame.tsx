import { Hono } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { AppError } from '../../errors.ts';
import type { Logger } from '../../watch/log.ts';
import { isPassing } from '../../store/engine/patience.ts';
import { answerError, answerStylesheet, pageHeaders, sameOrigin, type WebContext, type WebEnv } from './http.ts';
import { Message } from './page.tsx';
import { stylesheet } from './styles.ts';

/** What surrounds every page: headers, the check of origins, the stylesheet, the answers to errors. Pages are added with `route`. */
export function makeFrame({ publicUrl, log }: { publicUrl: string; log: Logger }): Hono<WebEnv> {
  const frame = new Hono<WebEnv>();
  frame.use(pageHeaders({ publicUrl }));
  frame.use(sameOrigin({ publicUrl }));
  frame.get(stylesheet.path, answerStylesheet);
  frame.notFound((c) => answer(c, new AppError('not_available')));
  frame.onError((error, c) => {
    if (error instanceof AppError) return answer(c, error);
    if (error instanceof HTTPException) return error.getResponse();
    log.error({ err: error }, 'page failed');
    return answer(c, new AppError(isPassing(error) ? 'try_later' : 'internal', error));
  });
  return frame;
}

function answer(c: WebContext, error: AppError): Promise<Response> {
  return answerError(c, error, (text) => <Message title="This didn’t work" text={text} />);
}
