@problem-3 @needs-dns @needs-services
Feature: Problem 3: DNS is asked as resolvers ask it
  Resolvers offer a packet size by EDNS ([RFC 6891][EDNS]), fetch a truncated answer again over TCP, and wait for
  seconds before they send a lost question again. A middlebox that drops what it does not know, or a path that loses
  packets, makes names slow or lets only the long ones fail.

  [EDNS]: https://www.rfc-editor.org/rfc/rfc6891

  Rule: Questions with EDNS are answered

    @D13 @core
    Scenario: a question with EDNS gets the same answer as one without
      Given a client pod, and a Service with a backend on every node
      When the client asks cluster DNS for the Service's addresses, with EDNS
      Then cluster DNS answers with the Service's virtual IP and nothing else
      And a Service that does not exist is not found at the same time

  Rule: A long answer arrives whole
  A datagram holds 512 bytes, and with EDNS as many as the client offers. A server that cannot send more truncates
  the answer and says so, and the client asks again over TCP ([RFC 1035](https://www.rfc-editor.org/rfc/rfc1035)
  4.2.1, [RFC 7766](https://www.rfc-editor.org/rfc/rfc7766)). A headless Service with some dozen pods has such an
  answer. The addresses here are those for documentation, and no client dials them.

    @D13 @core @needs-endpointslices
    Scenario Outline: an answer over 512 bytes arrives <edns> EDNS
      Given a client pod, and a headless Service with more addresses than 512 bytes hold
      When the client asks cluster DNS over UDP for its many addresses, <edns> EDNS
      Then cluster DNS answers with <answer> and nothing else

      Examples:
        | edns    | answer                                                 |
        | with    | all of its addresses in one datagram                   |
        | without | all of its addresses by TCP after a truncated datagram |

  Rule: A lookup needs no second try
  Where an answer is lost, the system's resolver waits for seconds, and each request that starts with a lookup is as
  slow ([k/k#56903](https://github.com/kubernetes/kubernetes/issues/56903)). The loss of a single datagram is no
  failure: 2 % of all packets may get lost. A node where more than 5 % are lost fails, and between the two there is no
  verdict. The report shows how long the lookups of each node took.

    @D14 @extended
    Scenario: lookups for both families at once are answered at the first try
      Given a client pod, and a Service with a backend on every node
      When the client asks cluster DNS hundreds of times for the Service's addresses
      Then no lookup needs a second try
