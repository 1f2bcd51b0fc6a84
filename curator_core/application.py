"""The library's front door: every use case, built once on the ports it needs."""

from __future__ import annotations

from dataclasses import dataclass, replace

from curator_core.domain.policy import Policy
from curator_core.ports.clock import Chance, Clock, Heartbeat
from curator_core.ports.downloads import Downloads
from curator_core.ports.locks import Locks
from curator_core.ports.login import Login
from curator_core.ports.meter import Meter
from curator_core.ports.progress import Progress
from curator_core.ports.recovery_mark import RecoveryMark
from curator_core.ports.reports import Reports
from curator_core.ports.slots import Slots
from curator_core.ports.sources import Sources
from curator_core.ports.token_vault import TokenVault
from curator_core.ports.upload_queue import UploadQueue
from curator_core.ports.wiki import Wikis
from curator_core.ports.work import Begin
from curator_core.use_cases.add_uploads import AddUploads
from curator_core.use_cases.browse_collection import BrowseCollection
from curator_core.use_cases.browse_lists import BrowseLists
from curator_core.use_cases.check_titles import CheckTitles
from curator_core.use_cases.correct_upload import CorrectUpload
from curator_core.use_cases.counting import CountedProgress
from curator_core.use_cases.create_batch import CreateBatch
from curator_core.use_cases.dispatch_due_uploads import DispatchDueUploads
from curator_core.use_cases.log_in import FinishLogin, LogInService, StartLogin
from curator_core.use_cases.merge_statements import MergeStatements
from curator_core.use_cases.pacing import Pacing
from curator_core.use_cases.pause_batch import PauseBatch
from curator_core.use_cases.persistence import Persistence
from curator_core.use_cases.presets import DeletePreset, ListPresets, SavePreset
from curator_core.use_cases.process_upload.bring_to_wiki import BringToWiki
from curator_core.use_cases.process_upload.claiming import Claiming
from curator_core.use_cases.process_upload.describe import Describe
from curator_core.use_cases.process_upload.download import Download
from curator_core.use_cases.process_upload.ending import Ending
from curator_core.use_cases.process_upload.polling import Polling
from curator_core.use_cases.process_upload.prepare import Prepare
from curator_core.use_cases.process_upload.process_upload import ProcessUpload
from curator_core.use_cases.process_upload.publish import Publish
from curator_core.use_cases.process_upload.send_file import SendFile
from curator_core.use_cases.reconcile_duplicate import ReconcileDuplicate
from curator_core.use_cases.recount_batches import RecountBatches
from curator_core.use_cases.recover_queue import RecoverQueue
from curator_core.use_cases.retry_uploads import RetryUploads
from curator_core.use_cases.scheduling import News, Scheduling
from curator_core.use_cases.sessions import Sessions
from curator_core.use_cases.show_figures import ShowFigures
from curator_core.use_cases.show_gates import ShowGates
from curator_core.use_cases.show_history import ShowHistory, TrimHistory
from curator_core.use_cases.stop_uploads import StopUploads
from curator_core.use_cases.upload_in_one import UploadInOne
from curator_core.use_cases.watch_batch import ShowBatch, WatchBatch


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """One adapter for each role; a bootstrap, or a test, chooses them."""

    begin: Begin
    reports: Reports
    locks: Locks
    slots: Slots
    queue: UploadQueue
    progress: Progress
    meter: Meter
    vault: TokenVault
    wikis: Wikis
    login: Login
    sources: Sources
    downloads: Downloads
    recovery_mark: RecoveryMark
    clock: Clock
    chance: Chance
    heartbeat: Heartbeat


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """What can be done with Curator."""

    start_login: StartLogin
    finish_login: FinishLogin
    log_in_service: LogInService
    browse_collection: BrowseCollection
    create_batch: CreateBatch
    check_titles: CheckTitles
    add_uploads: AddUploads
    upload_in_one: UploadInOne
    watch_batch: WatchBatch
    show_batch: ShowBatch
    retry_uploads: RetryUploads
    stop_uploads: StopUploads
    correct_upload: CorrectUpload
    browse_lists: BrowseLists
    pause_batch: PauseBatch
    list_presets: ListPresets
    save_preset: SavePreset
    delete_preset: DeletePreset
    dispatch_due_uploads: DispatchDueUploads
    recount_batches: RecountBatches
    recover_queue: RecoverQueue
    show_gates: ShowGates
    show_history: ShowHistory
    trim_history: TrimHistory
    show_figures: ShowFigures
    process_upload: ProcessUpload

    @classmethod
    def on(cls, ports: Ports, policy: Policy | None = None) -> Application:
        """All use cases on these ports."""
        policy = policy or Policy()
        progress = CountedProgress(progress=ports.progress, meter=ports.meter)
        ports = replace(ports, progress=progress)
        persistence = Persistence(clock=ports.clock)
        pacing = Pacing(
            begin=ports.begin,
            wikis=ports.wikis,
            slots=ports.slots,
            persistence=persistence,
            policy=policy,
        )
        scheduling = Scheduling(vault=ports.vault, pacing=pacing, policy=policy)
        sessions = Sessions(login=ports.login, persistence=persistence)
        show_gates = ShowGates(begin=ports.begin)
        news = News(queue=ports.queue, progress=ports.progress)
        return cls(
            start_login=StartLogin(login=ports.login),
            finish_login=FinishLogin(login=ports.login, begin=ports.begin),
            log_in_service=LogInService(login=ports.login, begin=ports.begin),
            browse_collection=BrowseCollection(sources=ports.sources, persistence=persistence),
            create_batch=CreateBatch(begin=ports.begin, chance=ports.chance, news=news),
            check_titles=CheckTitles(wikis=ports.wikis, persistence=persistence),
            add_uploads=AddUploads(
                begin=ports.begin,
                sources=ports.sources,
                scheduling=scheduling,
                news=news,
                policy=policy,
            ),
            upload_in_one=UploadInOne(
                begin=ports.begin,
                sources=ports.sources,
                scheduling=scheduling,
                news=news,
                chance=ports.chance,
                policy=policy,
            ),
            watch_batch=WatchBatch(reports=ports.reports),
            show_batch=ShowBatch(reports=ports.reports),
            retry_uploads=RetryUploads(
                begin=ports.begin,
                scheduling=scheduling,
                news=news,
                chance=ports.chance,
                policy=policy,
            ),
            correct_upload=CorrectUpload(begin=ports.begin, news=news),
            browse_lists=BrowseLists(reports=ports.reports),
            stop_uploads=StopUploads(begin=ports.begin, pacing=pacing, news=news),
            pause_batch=PauseBatch(
                begin=ports.begin, reports=ports.reports, pacing=pacing, news=news
            ),
            list_presets=ListPresets(begin=ports.begin, sources=ports.sources),
            save_preset=SavePreset(begin=ports.begin, sources=ports.sources),
            delete_preset=DeletePreset(begin=ports.begin),
            dispatch_due_uploads=DispatchDueUploads(
                begin=ports.begin,
                queue=ports.queue,
                news=news,
                meter=ports.meter,
                policy=policy,
            ),
            recover_queue=RecoverQueue(
                begin=ports.begin,
                vault=ports.vault,
                sessions=sessions,
                mark=ports.recovery_mark,
                pacing=pacing,
                news=news,
                clock=ports.clock,
            ),
            recount_batches=RecountBatches(begin=ports.begin),
            show_history=ShowHistory(begin=ports.begin),
            trim_history=TrimHistory(begin=ports.begin, days=policy.history_days),
            show_gates=show_gates,
            show_figures=ShowFigures(
                reports=ports.reports, show_gates=show_gates, meter=ports.meter
            ),
            process_upload=_process_upload(
                ports,
                policy,
                persistence,
                pacing,
                Ending(begin=ports.begin, sessions=sessions, pacing=pacing, news=news),
            ),
        )


def _process_upload(
    ports: Ports, policy: Policy, persistence: Persistence, pacing: Pacing, ending: Ending
) -> ProcessUpload:
    merge = MergeStatements(persistence=persistence)
    polling = Polling(persistence=persistence, clock=ports.clock, policy=policy)
    return ProcessUpload(
        claim=Claiming(
            begin=ports.begin,
            progress=ports.progress,
            clock=ports.clock,
            chance=ports.chance,
            policy=policy,
        ),
        prepare=Prepare(persistence=persistence),
        bring_to_wiki=BringToWiki(
            download=Download(downloads=ports.downloads, persistence=persistence),
            send=SendFile(persistence=persistence, polling=polling, chunk_size=policy.chunk_size),
            publish=Publish(persistence=persistence, polling=polling),
            locks=ports.locks,
            pacing=pacing,
            persistence=persistence,
            clock=ports.clock,
            meter=ports.meter,
            policy=policy,
        ),
        describe=Describe(merge=merge),
        reconcile=ReconcileDuplicate(merge=merge),
        ending=ending,
        vault=ports.vault,
        wikis=ports.wikis,
        sources=ports.sources,
        heartbeat=ports.heartbeat,
        persistence=persistence,
        policy=policy,
    )
