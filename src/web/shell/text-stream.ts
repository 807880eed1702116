import { AppError } from '../../errors.ts';
import type { Logger } from '../../watch/log.ts';

/** Headers of such a body: without this one the server would end a body that breaks off early as if it were whole. */
export const inPieces = { 'Transfer-Encoding': 'chunked' } as const;

/** Pieces of text as a body, made as the reader takes them. When one can't be made the body breaks off; why goes to the log alone. */
export function textStream({ pieces, log }: { pieces: AsyncGenerator<string>; log: Logger }): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = await pieces.next();
          if (done) controller.close();
          else controller.enqueue(encoder.encode(value));
        } catch (error) {
          log.error({ err: error }, 'a download broke off');
          controller.error(new AppError('internal'));
        }
      },
      async cancel() {
        await pieces.return(undefined);
      },
    },
    { highWaterMark: 0 },
  );
}
