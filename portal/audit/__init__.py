"""The audit trail (操作記録): `record` is the one way in.

Call it last in the transaction of the act: the head of the chain stays locked until the commit, and
an act that is rolled back leaves no entry. A refusal is recorded after its transaction has ended.
"""

from portal.audit.codes import AuditCode
from portal.audit.trail import record
from portal.origin import Origin, about, current

__all__ = ["AuditCode", "Origin", "about", "current", "record"]
