"""How reports tell their news: sentences that no headline uses, in the wording language of the catalyst files.

They are searched only in the news sentences of 8-K and 6-K (see ``passages``), where the past tense and the names of
agreements decide. ``NOT`` cancels the wordings of a type in the same sentence.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from screener.language.wording import Wording, commonness, compile_wording, fold, word_keys

SAYS = {
    "reverse_split": (
        "every .... shares .... (consolidated|combined|converted) into",
        "(effect|effected|effecting|effectuate|approved|implement) .... reverse [stock|share] split",
        "(change|changed|changing) .... ads .... ratio",
        "ratio .... ads* .... (changed|change) from",
    ),
    "forward_split": (
        "split .... in the form of a [stock|share] dividend",
        "(two|three|four|five|six|eight|ten|fifteen|twenty) for one [forward] [stock|share] split",
        "(approved|declared|effected) .... forward [stock|share] split",
        "each .... share .... (subdivided|split) into (two|three|four|five|ten|twenty|<number>)",
    ),
    "equity_offering": (
        "entered into .... underwriting agreement .... (shares|stock|units|ads*|underwriter*)",
        "entered into .... (placement agency|placement agent) agreement",
        "registered direct offering",
        "(priced|closed|consummated|completed) .... (public offering|underwritten offering) of .... "
        "(shares|stock|units|ads*)",
    ),
    "private_placement": (
        "(sold|issued|sell|sale of|issuance of) .... (shares|units|preferred stock|common stock) ..... "
        "accredited investor*",
        "(sold|issued and sold) .... (shares|units) ..... (section 4 a 2|regulation d|regulation s)",
        "(subscription agreement*|securities purchase agreement*) ..... private placement",
        "closed .... private placement",
    ),
    "shelf_or_atm": (
        "entered into .... (equity distribution|sales|at the market offering|atm|open market sale) "
        "agreement .... (agent*|shares)",
        "(declared effective|effectiveness) .... form (s 3|f 3)",
    ),
    "equity_line_convertible": (
        "(issued|issue|sold|sell|sale of|purchase) .... convertible (promissory note*|note*|debenture*)",
        "(standby equity|equity line|committed equity|equity) purchase (agreement|facility)",
        "(committed equity|equity line) .... (agreement|facility)",
        "right .. not the obligation .. to (direct|require|cause) .... to purchase .... shares",
    ),
    "warrant_exercise": (
        "(inducement|warrant exercise) (letter*|offer*|agreement*) .... warrant*",
        "(agreed to exercise|exercised) .... warrants .... (cash|reduced|exercise price)",
    ),
    "debt_financing": (
        "entered into .... (credit agreement|loan agreement|loan and security agreement|term loan|note "
        "purchase agreement)",
        "(issued|completed .... offering of|priced .... offering of) .... senior [secured|unsecured] notes",
    ),
    "buyback": (
        "(approved|authorized|authorised|authorizing|increase* ) .... (repurchase|buy back|purchase) "
        ".... (shares|stock|ads*)",
        "(approved|authorized|adopted|announced) .... (repurchase|buyback|buy back) (program|programme|plan)",
    ),
    "dividend": (
        "(declared|approved) .... dividend .... per [common|ordinary] share",
        "(suspend*|reinstate*|initiate*|eliminate*|reduce*) .... dividend .... (common|ordinary) (share*|stock)",
    ),
    "listing_deficiency": (
        "(letter|notice|notification|notified) ..... (no longer|not|fails to|failed to) .. "
        "(satisf*|meet*|compl*) .... (rule|listing|requirement)",
        "not in compliance with .... (listing|nasdaq|nyse)",
    ),
    "compliance_regained": (
        "(regained|evidenced|demonstrated) compliance .... (rule|requirement*|listing)",
        "(has regained|had regained|is back in) compliance",
    ),
    "delisting": (
        "(determin*|decision|decided) .... (delist|to remove .... from listing|strike .... from listing)",
        "(intention|intends|intent|elected|determined) .... (voluntarily delist|withdraw .... listing|deregister)",
    ),
    "uplisting": (
        "application .... list .... (approved|accepted)",
        "approved .... (for listing|to list|listing of) .... (nasdaq|nyse|new york stock exchange)",
        "transfer* .... listing .... (from|to) .... (nasdaq|nyse|new york stock exchange)",
        "(moving|move|moved) .... listing from .... to .... (nasdaq|nyse|new york stock exchange)",
        "(begin|began|commence*) trading on .... (nasdaq|nyse|new york stock exchange)",
    ),
    "clinical_readout": (
        "(met|meet|achieved|missed|fail*) .... primary [efficacy] endpoint*",
        "(announced|reported) .... (topline|top line|interim|final) .... (results|data) .... (phase|trial|study)",
        "(announced|reported) .... (results|data) from .... (phase|clinical) .... (trial|study)",
    ),
    "regulatory_approval": (
        "(fda|food and drug administration|european commission|ema|mhra|pmda|nmpa) .... approved .... "
        "(application|nda|bla|use|treatment)",
        "received .... (marketing approval|510 k clearance|de novo|marketing authori*)",
    ),
    "regulatory_rejection": (
        "(received|issued) .... (complete response letter|refusal to file letter|refuse to file "
        "letter|not approvable letter)",
    ),
    "clinical_hold": (
        "(placed|lifted|removed|imposed) .... clinical hold",
        "clinical hold .... (placed|lifted|removed)",
    ),
    "regulatory_designation": (
        "(granted|received) .... (fast track|orphan drug|breakthrough [therapy|device]|rmat) designation",
    ),
    "regulatory_submission": (
        "(submitted|accepted) .... (new drug application|biologics license application|nda|bla|510 "
        "k|pma|premarket approval)",
        "pdufa [target] [action|goal] date",
    ),
    "trial_progress": (
        "first (patient|participant|subject) .... (dosed|randomized|enrolled|treated)",
        "(completed|completion of) .. enrollment",
    ),
    "government_contract": (
        "(awarded|received|selected for) .... (contract|order|grant|award) .... (department "
        "of|army|navy|air force|nasa|defense|barda)",
    ),
    "commercial_contract": (
        "entered into .... (supply|offtake|off take|master services|purchase and supply) agreement",
        "(terminated|terminating|termination of) .... (supply|master services|services|offtake|customer) agreement",
    ),
    "partnership": (
        "entered into .... (collaboration|joint venture|strategic cooperation|strategic "
        "alliance|distribution|reseller) agreement",
        "entered into .... memorandum of understanding",
    ),
    "licensing": (
        "entered into .... (license|licence|licensing|sublicense) [and .. ] agreement",
        "granted .... exclusive [worldwide] (license|licence)",
    ),
    "takeover_target": (
        "(agreement and plan of merger|merger agreement) [dated] ..... (parent|merger sub|merger "
        "subsidiary|acquisition sub)",
        "(share|share of company common stock|share of common stock) .... (converted into|cancelled .. "
        "for) the right to receive",
        "terminat* .... (agreement and plan of merger|merger agreement)",
    ),
    "acquisition": (
        "(completed|consummated|closed) .... (acquisition|purchase) of",
        "entered into .... (asset|stock|share|membership interest*|equity|unit) purchase agreement .... "
        "(acquire|acquired|purchase)",
        "(company|registrant) (acquired|purchased) .... (all|<percent>|substantially "
        "all|outstanding|assets|business|interest*)",
    ),
    "divestiture": (
        "sold .... (assets of|business|subsidiary|division|segment|facility|equity interests|building|property)",
        "(completed|consummated|closed|agreed to) .... (sale|disposition|divestiture|sell) .... "
        "(business|subsidiary|division|assets|segment)",
    ),
    "spac_reverse_merger": (
        "(entered into|consummated|completed|closed) .... business combination .... (agreement|with)",
    ),
    "strategic_review": (
        "(explor*|review|evaluat*|consider*) .... strategic alternatives",
        "(approved|adopted|announced|implement*|commenced) .... (reduction in force|workforce "
        "reduction|restructuring plan)",
        "(reduce|reducing|reduction of) .... workforce",
    ),
    "earnings": (
        "(revenue*|net income|net loss|operating income|operating profit|ebitda|net sales) .... "
        "(compared (to|with)|versus|up from|down from) .... <number>",
        "press release .... (financial results|results of operations|results for)",
    ),
    "guidance": ("(raised|lowered|withdr*|reaffirmed|updated|reduced|increased) .... (guidance|outlook)",),
    "going_concern": ("substantial doubt .... going concern",),
    "debt_default": (
        "(notice of (default|acceleration)|event of default .. occurred|forbearance agreement)",
        "(failure|failed) to (pay|repay) .... (loan|note|notes|principal|interest|maturity)",
    ),
    "late_filing": (
        "(not|unable to|did not) [timely] file* .... form (10 k|10 q|20 f) .... (timely|on time|prescribed)",
        "not timely file* .... (10 k|10 q|20 f)",
    ),
    "auditor_change": (
        "(dismissed|resigned|engaged|appointed) .... (independent registered public accounting "
        "firm|independent auditor*)",
    ),
    "investigation": (
        "received .... (subpoena|civil investigative demand|wells notice|formal order of investigation)",
    ),
    "litigation": (
        "(class action|complaint|lawsuit) .... filed .... (against|court)",
        "(filed|commenced) .... (complaint|lawsuit) .... (against|court)",
        "(jury|court|judge) .... (verdict|judgment|dismissed|ruled)",
        "(settle|settled|settlement of|settlement agreement) .... (litigation|lawsuit|class action|arbitration)",
    ),
    "crypto_ai_treasury": ("(acquired|purchased|bought) .... (bitcoin*|ether|ethereum|solana)",),
    "shareholder_rights": ("dividend of one [preferred] [share] [purchase] right",),
    "index_change": ("(added to|removed from|inclusion in) .... (russell|s&p|msci)",),
}
NOT = {
    "reverse_split": (
        "regain* compliance",
        "if .. reverse",
    ),
    "listing_deficiency": (
        "(regained|evidenced|demonstrated) compliance",
        "(determin*|decision) .... delist*",
        "notice of (default|acceleration)",
    ),
    "uplisting": ("(delist*|deficien*|not in compliance)",),
    "private_placement": ("registered direct", "convertible (promissory note*|note*|debenture*)", "inducement"),
    "equity_offering": ("offering of .... notes",),
    "partnership": ("equity distribution",),
    "takeover_target": ("subsidiary of the (company|registrant)", "business combination", "blank check"),
    "acquisition": ("(sold|sale of|disposition of)", "common stock purchase agreement", "equity (facility|line)"),
    "divestiture": ("(shares of common stock|convertible|notes|warrants) .... (investor*|purchaser*)", "acquired"),
    "dividend": ("preferred [share] [purchase] right*", "stock dividend", "preferred stock"),
    "buyback": ("convertible note*", "senior note*"),
    "debt_financing": ("convertible",),
    "commercial_contract": ("securities purchase",),
    "strategic_review": ("termination fee",),
    "litigation": ("rate plan*",),
}

_DEALS = ("acquisition", "takeover_target", "divestiture", "partnership", "commercial_contract", "insider_buying")
# What headline wordings find wrongly in a sentence that says the first type.
INSTEAD = {
    "private_placement": (*_DEALS, "equity_offering"),
    "equity_offering": _DEALS,
    "equity_line_convertible": _DEALS,
    "shelf_or_atm": _DEALS,
    "warrant_exercise": (*_DEALS, "private_placement"),
    "buyback": ("acquisition", "insider_buying"),
    "delisting": ("trading_halt", "listing_deficiency", "compliance_regained"),
    "debt_default": ("listing_deficiency", "debt_financing"),
    "compliance_regained": ("listing_deficiency",),
    "reverse_split": ("management_change", "dividend"),
    "forward_split": ("dividend",),
    "strategic_review": ("bankruptcy", "divestiture", "takeover_target"),
}


class LegalBank:
    """The wordings by rule number behind one gate of word beginnings."""

    def __init__(self, names: Iterable[str]) -> None:
        names = tuple(names)
        at = {name: number for number, name in enumerate(names)}
        self.instead = {at[n]: [at[o] for o in others if o in at] for n, others in INSTEAD.items() if n in at}
        self._wordings: list[tuple[int, Wording]] = []
        self._bars: dict[int, tuple[Wording, ...]] = {}
        self._index: dict[str, list[int]] = {}
        for number, name in enumerate(names):
            self._bars[number] = tuple(map(compile_wording, NOT.get(name, ())))
            for wording in map(compile_wording, SAYS.get(name, ())):
                for key in min(wording.keys, key=commonness):
                    self._index.setdefault(key, []).append(len(self._wordings))
                self._wordings.append((number, wording))

    def scan(self, sentence: str) -> dict[int, tuple[int, int]]:
        """Where the first wording of each rule stands in a sentence, by rule number."""
        folded = fold(sentence)
        keys = word_keys(folded)
        found: dict[int, tuple[int, int]] = {}
        for at in sorted({at for key in keys if key in self._index for at in self._index[key]}):
            number, wording = self._wordings[at]
            if number not in found and wording.possible(keys):
                span = next(wording.find(folded), None)
                if span and not any(b.possible(keys) and any(b.find(folded)) for b in self._bars[number]):
                    found[number] = span
        return found


def digest() -> str:
    """Digest of the wordings, 12 hex letters."""
    return hashlib.sha256(repr((SAYS, NOT, INSTEAD)).encode()).hexdigest()[:12]
