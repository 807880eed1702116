import { mostOrderDomains } from '../../policy/tls.ts';
import type { BulkTransaction } from '../engine/bulk.ts';

/**
 * Gives each certificate without an order the one whose domains are exactly its names; where several are, it stays without.
 * What is linked is as hidden as its order, and the order learns its level from an OV or EV certificate.
 */
export async function linkOrders(bulk: BulkTransaction, accountId: string): Promise<void> {
  await bulk.run(
    `with orders as (
       select min(o.id::text)::uuid as id, names from (
         select id, array(select d collate "C" from unnest(domains) d order by 1) as names from tls_orders
         where account_id = $1::uuid and status not in ('cancelled', 'rejected')
       ) o group by names having count(*) = 1
     ), loose as materialized (
       select id, array(select d collate "C" from unnest(dns_names) d order by 1) as names from tls_certificates
       where account_id = $1::uuid and order_id is null and cardinality(dns_names) between 1 and ${mostOrderDomains}
     ), linked as (
       update tls_certificates c set order_id = o.id, hidden_at = coalesce(c.hidden_at, r.hidden_at)
       from loose l join orders o on o.names = l.names join tls_orders r on r.id = o.id
       where c.id = l.id
       returning c.id, c.hidden_at, c.order_id, c.type
     ), hidden as (
       update tls_names n set hidden_at = l.hidden_at from linked l where n.certificate_id = l.id and n.hidden_at is distinct from l.hidden_at
     )
     update tls_orders o set validation_level = l.type
     from linked l where o.id = l.order_id and o.validation_level = 'unknown' and l.type in ('OV', 'EV')`,
    [accountId],
  );
}
