@problem-3 @needs-dns @needs-services @needs-dual
Feature: Problem 3: a name has addresses of both families
  On a dual-stack cluster the answers to A and AAAA decide which family a client uses ([dual-stack][DS],
  [specification][DSP] 2.3.1). If one family is missing, only the clients that have no other family notice it.

  [DS]: https://kubernetes.io/docs/concepts/services-networking/dual-stack/
  [DSP]: https://github.com/kubernetes/dns/blob/master/docs/specification.md

  Rule: A dual-stack Service has both A and AAAA

    @DS04 @extended
    Scenario: a dual-stack Service and its headless twin have A and AAAA records
      Given a client pod, and a dual-stack Service, and a headless one over the same pods
      When the client asks cluster DNS for the names of both Services
      Then cluster DNS answers with an address of each family for each and nothing else
