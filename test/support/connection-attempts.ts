import { Socket } from 'node:net';

export interface Attempts {
  /** `address port` of every connection that this process began, in their order. */
  readonly to: readonly string[];
  stop(): void;
}

/** Watches every TCP connection that this process begins to ports other than those of its own servers. */
export function watchConnections(): Attempts {
  const to: string[] = [];
  const original = Reflect.get(Socket.prototype, 'connect') as (...given: unknown[]) => Socket;
  const note = (address: string, port: number) => void to.push(`${address} ${port}`);
  Socket.prototype.connect = function connect(this: Socket, ...given: unknown[]): Socket {
    this.on('connectionAttempt', note);
    return Reflect.apply(original, this, given) as Socket;
  };
  return {
    to,
    stop: () => {
      Reflect.set(Socket.prototype, 'connect', original);
    },
  };
}
