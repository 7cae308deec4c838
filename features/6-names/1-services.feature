@problem-3 @needs-dns @needs-services
Feature: Problem 3: a Service is found by its name
  A client need not know a virtual IP either. Cluster DNS answers for every Service
  ([DNS for Services and Pods][DNS], [specification][DSP] 2.3), and the search list in each pod makes short
  names work. Pods on every node ask, because names that work on one node alone are the classic incident. They
  ask through the system's resolver, as applications do, and with packets of their own. Each question is asked
  several times, so that one DNS server among several that is wrong or silent is not hidden.

  [DNS]: https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/
  [DSP]: https://github.com/kubernetes/dns/blob/master/docs/specification.md

  Rule: A Service's name is its virtual IP
  Names compare without case, so packets ask in capitals too. DNS is also asked over TCP, which is used for
  answers too large for a datagram.

    @D01 @core
    Scenario Outline: the <form> of a Service resolves to its virtual IP
      Given a client pod, and a Service with a backend on every node
      When the client looks up the Service's <form>
      Then the name leads to the Service's virtual IP

      Examples:
        | form                       |
        | full name                  |
        | full name with a final dot |
        | name with its namespace    |
        | short name                 |

    @D01 @core
    Scenario Outline: records of a Service over <protocol> are its virtual IP alone
      Given a client pod, and a Service with a backend on every node
      When the client asks cluster DNS over <protocol> for the Service's addresses
      Then cluster DNS answers with the Service's virtual IP and nothing else
      And a Service that does not exist is not found at the same time

      Examples:
        | protocol |
        | UDP      |
        | TCP      |

  Rule: A bare name is good in its own namespace
  In another namespace the bare name leads to that namespace's Service of the same name, to the answer of a
  wildcard domain, or to nothing. It never leads across namespaces.

    @D02 @core @needs-namespaces
    Scenario: a client in another namespace has to name the namespace
      Given a client pod in another namespace, and a Service with a backend on every node
      When the client looks up the Service's bare name, and the name with its namespace
      Then the name with its namespace leads to the Service's virtual IP
      And the bare name does not lead to the Service's virtual IP

  Rule: A named port is found with its number
  An SRV record gives the Service's own port, which may differ from the port of its pods (specification
  2.3.2).

    @D03 @core
    Scenario: the SRV record of a named port gives port and target
      Given a client pod, and a Service with named ports, and one whose port has no name
      When the client asks cluster DNS for the Service's named ports
      Then cluster DNS answers with the port and the name of the Service and nothing else
      And a port without a name is not found at the same time

  Rule: A virtual IP leads back to its name
  Logs and access lists name a caller by its PTR record (specification 2.3.3).

    @D04 @extended
    Scenario: the PTR record of a virtual IP is the Service's name
      Given a client pod, and a Service with a backend on every node
      When the client asks cluster DNS for the virtual IP's owner
      Then cluster DNS answers with the Service's name and nothing else

  Rule: A Service may stand for another name
  A Service of type ExternalName is a CNAME and nothing else (specification 2.5). When it becomes an ordinary
  Service, a cache may keep the old answer for the TTL that it states, and not for longer.

    @D09 @core
    Scenario: a Service of type ExternalName is a CNAME
      Given a client pod, and a Service that stands for the name of another Service
      When the client asks cluster DNS for what the name stands for
      Then cluster DNS answers with the name of the other Service and nothing else

    @D09 @core
    Scenario: a Service that becomes ClusterIP resolves to its virtual IP
      Given a client pod, and a Service that stands for the name of another Service
      When the Service's type is changed to ClusterIP
      Then cluster DNS answers with the Service's virtual IP and nothing else
