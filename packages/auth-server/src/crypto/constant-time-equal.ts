import { timingSafeEqual } from "node:crypto";

/** Whether both texts are the same; how long it takes says nothing but whether their lengths are. */
export function constantTimeEqual(a: string, b: string): boolean {
  const [bytesOfA, bytesOfB] = [Buffer.from(a), Buffer.from(b)];
  return bytesOfA.length === bytesOfB.length && timingSafeEqual(bytesOfA, bytesOfB);
}
