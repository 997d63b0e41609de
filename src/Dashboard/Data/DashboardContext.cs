using System.Text.Json;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;
using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Shared.Collections;

namespace WsusDashboard.Dashboard.Data;

/// <summary>The dashboard's database. One context an operation, made by IDbContextFactory. Open for <see cref="PostgreSqlDashboardContext"/> alone.</summary>
public class DashboardContext : DbContext
{
    public DashboardContext(DbContextOptions<DashboardContext> options)
        : base(options)
    {
    }

    protected DashboardContext(DbContextOptions options)
        : base(options)
    {
    }

    public DbSet<ServerEntity> Servers => Set<ServerEntity>();

    public DbSet<LinkCursorEntity> LinkCursors => Set<LinkCursorEntity>();

    public DbSet<ServerSnapshotEntity> ServerSnapshots => Set<ServerSnapshotEntity>();

    public DbSet<OutsideProbeEntity> OutsideProbes => Set<OutsideProbeEntity>();

    public DbSet<SyncRunEntity> SyncRuns => Set<SyncRunEntity>();

    public DbSet<StateChangeEntity> StateChanges => Set<StateChangeEntity>();

    public DbSet<RepairEntity> Repairs => Set<RepairEntity>();

    public DbSet<SyncPeriodEntity> SyncPeriods => Set<SyncPeriodEntity>();

    public DbSet<SyncPeriodCountEntity> SyncPeriodCounts => Set<SyncPeriodCountEntity>();

    public DbSet<RepairBatchEntity> RepairBatches => Set<RepairBatchEntity>();

    public DbSet<RepairBatchServerEntity> RepairBatchServers => Set<RepairBatchServerEntity>();

    public DbSet<ProblemEntity> Problems => Set<ProblemEntity>();

    public DbSet<ProblemServerEntity> ProblemServers => Set<ProblemServerEntity>();

    public DbSet<ProblemEventEntity> ProblemEvents => Set<ProblemEventEntity>();

    public DbSet<ProblemTriageEntity> ProblemTriages => Set<ProblemTriageEntity>();

    public DbSet<ProblemCommentEntity> ProblemComments => Set<ProblemCommentEntity>();

    public DbSet<ProblemCommentSiteEntity> ProblemCommentSites => Set<ProblemCommentSiteEntity>();

    public DbSet<SyncCauseEntity> SyncCauses => Set<SyncCauseEntity>();

    public DbSet<ServerEventEntity> ServerEvents => Set<ServerEventEntity>();

    public DbSet<RunEvidenceEntity> RunEvidence => Set<RunEvidenceEntity>();

    public DbSet<CauseDisputeEntity> CauseDisputes => Set<CauseDisputeEntity>();

    public DbSet<PostureAcknowledgementEntity> PostureAcknowledgements => Set<PostureAcknowledgementEntity>();

    public DbSet<ServerDescriptionEntity> ServerDescriptions => Set<ServerDescriptionEntity>();

    public DbSet<TagEntity> Tags => Set<TagEntity>();

    public DbSet<ServerTagEntity> ServerTags => Set<ServerTagEntity>();

    public DbSet<DeletedTagEntity> DeletedTags => Set<DeletedTagEntity>();

    public DbSet<SavedViewEntity> SavedViews => Set<SavedViewEntity>();

    public DbSet<ReportEntity> Reports => Set<ReportEntity>();

    public DbSet<SampleChunkEntity> SampleChunks => Set<SampleChunkEntity>();

    public DbSet<LastLookEntity> LastLooks => Set<LastLookEntity>();

    public DbSet<EnrolmentTokenEntity> EnrolmentTokens => Set<EnrolmentTokenEntity>();

    public DbSet<AdmissionEntity> Admissions => Set<AdmissionEntity>();

    public DbSet<AgentQuarantineEntity> AgentQuarantines => Set<AgentQuarantineEntity>();

    public DbSet<JobRunEntity> JobRuns => Set<JobRunEntity>();

    public DbSet<PartitionEntity> Partitions => Set<PartitionEntity>();

    public DbSet<DashboardEntity> Dashboards => Set<DashboardEntity>();

    public DbSet<DrainEntity> Drains => Set<DrainEntity>();

    public DbSet<AgentAddressEntity> AgentAddresses => Set<AgentAddressEntity>();

    public DbSet<AgentAddressListEntity> AgentAddressLists => Set<AgentAddressListEntity>();

    public DbSet<RepairStartEntity> RepairStarts => Set<RepairStartEntity>();

    public DbSet<AgentStrangerEntity> AgentStrangers => Set<AgentStrangerEntity>();

    public DbSet<LiveRowEntity> LiveRows => Set<LiveRowEntity>();

    public DbSet<AlertChannelEntity> AlertChannels => Set<AlertChannelEntity>();

    public DbSet<AlertRouteEntity> AlertRoutes => Set<AlertRouteEntity>();

    public DbSet<MaintenanceWindowEntity> MaintenanceWindows => Set<MaintenanceWindowEntity>();

    public DbSet<AlertEntity> Alerts => Set<AlertEntity>();

    public DbSet<AlertDeliveryEntity> AlertDeliveries => Set<AlertDeliveryEntity>();

    public DbSet<UsedAlertLinkEntity> UsedAlertLinks => Set<UsedAlertLinkEntity>();

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder) =>
        configurationBuilder.Properties<DateTime>().HaveConversion<UtcConverter>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<ServerEntity>(server =>
        {
            server.HasIndex(entity => entity.Address).IsUnique();
            server.HasIndex(entity => entity.NameKey);
            server.HasIndex(entity => entity.AgentPin);
            server.ComplexProperty(entity => entity.Status, status =>
            {
                status.Property(columns => columns.Findings).HasConversion(new JsonListConverter<FindingSummary>(), new ValueComparer<ValueList<FindingSummary>>(favorStructuralComparisons: false));
                status.Property(columns => columns.Strip).HasConversion(new JsonListConverter<StripCell>(), new ValueComparer<ValueList<StripCell>>(favorStructuralComparisons: false));
            });
        });
        modelBuilder.Entity<LinkCursorEntity>(cursor => BelongsToServer(cursor).HasKey(entity => entity.ServerId));
        modelBuilder.Entity<ServerSnapshotEntity>(snapshot => BelongsToServer(snapshot).HasKey(entity => entity.ServerId));
        modelBuilder.Entity<OutsideProbeEntity>(probe => BelongsToServer(probe).HasKey(entity => entity.ServerId));
        modelBuilder.Entity<SyncRunEntity>(run =>
        {
            BelongsToServer(run);
            run.HasIndex(entity => new { entity.ServerId, entity.RunId }).IsUnique();
            run.HasIndex(entity => new { entity.ServerId, entity.StartedAt });
            run.HasIndex(entity => entity.StartedAt);
        });
        modelBuilder.Entity<SyncPeriodEntity>(period =>
        {
            BelongsToServer(period).HasKey(entity => entity.Id);
            period.Property(entity => entity.Id).ValueGeneratedNever();
        });
        modelBuilder.Entity<SyncPeriodCountEntity>(count => BelongsToServer(count).HasKey(entity => new { entity.PeriodId, entity.Kind }));
        modelBuilder.Entity<SyncCauseEntity>().HasIndex(entity => entity.CauseId).IsUnique();
        modelBuilder.Entity<ServerEventEntity>(serverEvent =>
        {
            BelongsToServer(serverEvent).HasIndex(entity => new { entity.ServerId, entity.At });
            serverEvent.HasIndex(entity => entity.At);
        });
        modelBuilder.Entity<RunEvidenceEntity>(evidence =>
        {
            BelongsToServer(evidence).HasKey(entity => new { entity.ServerId, entity.RunId });
            evidence.HasIndex(entity => entity.At);
        });
        modelBuilder.Entity<CauseDisputeEntity>(dispute =>
        {
            // One word a person, run and cause.
            BelongsToServer(dispute).HasIndex(entity => new { entity.ServerId, entity.RunId, entity.CauseId, entity.PersonId }).IsUnique();
            dispute.HasIndex(entity => entity.RunStartedAt);
        });
        modelBuilder.Entity<PostureAcknowledgementEntity>(acknowledgement =>
        {
            // One word a server and finding: the newest.
            BelongsToServer(acknowledgement).HasKey(entity => new { entity.ServerId, entity.FindingId });
            acknowledgement.HasIndex(entity => entity.Until);
        });
        modelBuilder.Entity<ReportEntity>(report =>
        {
            report.HasIndex(entity => new { entity.Kind, entity.First, entity.Last });
            report.HasIndex(entity => entity.MadeAt);
        });
        modelBuilder.Entity<StateChangeEntity>(change =>
        {
            BelongsToServer(change).HasIndex(entity => new { entity.ServerId, entity.At });
            change.HasIndex(entity => entity.At);
        });
        modelBuilder.Entity<RepairEntity>(run =>
        {
            BelongsToServer(run).HasKey(entity => new { entity.ServerId, entity.RepairId });
            run.HasIndex(entity => entity.RepairId);
            run.HasIndex(entity => entity.StartedAt);
        });
        modelBuilder.Entity<RepairBatchEntity>().HasIndex(entity => entity.CreatedAt);
        modelBuilder.Entity<RepairBatchServerEntity>(server =>
        {
            BelongsToServer(server).HasKey(entity => new { entity.BatchId, entity.ServerId });
            server.HasOne<RepairBatchEntity>().WithMany().HasForeignKey(entity => entity.BatchId).OnDelete(DeleteBehavior.Cascade);
            server.HasIndex(entity => entity.State);
        });
        modelBuilder.Entity<ProblemEntity>().HasIndex(entity => entity.CreatedAt);
        modelBuilder.Entity<ProblemServerEntity>(server =>
        {
            BelongsToServer(server).HasKey(entity => new { entity.ProblemId, entity.ServerId, entity.CauseId });
            server.HasOne<ProblemEntity>().WithMany().HasForeignKey(entity => entity.ProblemId).OnDelete(DeleteBehavior.Cascade);

            // A cause is on a server once; 4 is Resolved.
            server.HasIndex(entity => new { entity.ServerId, entity.CauseId }).IsUnique().HasFilter("\"State\" <> 4");
            server.HasIndex(entity => entity.ResolvedAt);
            server.Property(entity => entity.Reopenings).HasConversion(new JsonListConverter<DateTime>(), new ValueComparer<ValueList<DateTime>>(favorStructuralComparisons: false));
        });
        modelBuilder.Entity<ProblemEventEntity>(problemEvent =>
        {
            BelongsToServer(problemEvent).HasIndex(entity => new { entity.ProblemId, entity.At });
            problemEvent.HasOne<ProblemEntity>().WithMany().HasForeignKey(entity => entity.ProblemId).OnDelete(DeleteBehavior.Cascade);
            problemEvent.HasIndex(entity => entity.AuditDue).HasFilter("\"AuditDue\" = 1");
        });
        modelBuilder.Entity<ProblemTriageEntity>(triage =>
        {
            triage.HasKey(entity => new { entity.ProblemId, entity.Site });
            triage.HasOne<ProblemEntity>().WithMany().HasForeignKey(entity => entity.ProblemId).OnDelete(DeleteBehavior.Cascade);
            triage.Property(entity => entity.Revision).IsConcurrencyToken();
        });
        modelBuilder.Entity<ProblemCommentEntity>(comment =>
        {
            comment.HasIndex(entity => entity.ProblemId);
            comment.HasOne<ProblemEntity>().WithMany().HasForeignKey(entity => entity.ProblemId).OnDelete(DeleteBehavior.Cascade);
        });
        modelBuilder.Entity<ProblemCommentSiteEntity>(site =>
        {
            site.HasKey(entity => new { entity.CommentId, entity.Site });
            site.HasOne<ProblemCommentEntity>().WithMany().HasForeignKey(entity => entity.CommentId).OnDelete(DeleteBehavior.Cascade);
        });
        modelBuilder.Entity<ServerDescriptionEntity>(description =>
        {
            BelongsToServer(description).HasKey(entity => entity.ServerId);
            description.Property(entity => entity.Revision).IsConcurrencyToken();
        });
        modelBuilder.Entity<TagEntity>().HasKey(entity => entity.Key);
        modelBuilder.Entity<DeletedTagEntity>(tag =>
        {
            tag.HasKey(entity => entity.Key);
            tag.HasIndex(entity => entity.At);
        });
        modelBuilder.Entity<ServerTagEntity>(tag =>
        {
            BelongsToServer(tag).HasKey(entity => new { entity.ServerId, entity.TagKey });

            // A tag that is deleted goes from all servers, and none gets it in the same moment.
            tag.HasOne<TagEntity>().WithMany().HasForeignKey(entity => entity.TagKey).OnDelete(DeleteBehavior.Cascade);
        });
        modelBuilder.Entity<SavedViewEntity>(view =>
        {
            view.HasIndex(entity => new { entity.PersonId, entity.NameKey }).IsUnique();
            view.Property(entity => entity.Revision).IsConcurrencyToken();
        });
        modelBuilder.Entity<SampleChunkEntity>(chunk =>
        {
            BelongsToServer(chunk).HasKey(entity => new { entity.ServerId, entity.Grain, entity.StartHour });
            chunk.HasIndex(entity => entity.StartHour).HasFilter("\"RollupDue\" = 1");
        });
        modelBuilder.Entity<LastLookEntity>().HasKey(entity => entity.UserId);
        modelBuilder.Entity<EnrolmentTokenEntity>().HasKey(entity => entity.Id);
        modelBuilder.Entity<AgentQuarantineEntity>(quarantine => BelongsToServer(quarantine).HasKey(entity => entity.ServerId));
        modelBuilder.Entity<AdmissionEntity>().HasIndex(entity => entity.AgentPin).IsUnique();
        modelBuilder.Entity<JobRunEntity>().HasIndex(entity => new { entity.Name, entity.StartedAt });
        modelBuilder.Entity<PartitionEntity>().Property(entity => entity.Id).ValueGeneratedNever();
        modelBuilder.Entity<DashboardEntity>().HasKey(entity => entity.Id);
        modelBuilder.Entity<DrainEntity>().HasKey(entity => entity.Node);
        modelBuilder.Entity<AgentAddressEntity>().HasKey(entity => entity.Address);
        modelBuilder.Entity<AgentAddressListEntity>().Property(entity => entity.Id).ValueGeneratedNever();
        modelBuilder.Entity<RepairStartEntity>(start => BelongsToServer(start).HasKey(entity => entity.ServerId));
        modelBuilder.Entity<AgentStrangerEntity>().HasKey(entity => entity.Pin);
        modelBuilder.Entity<LiveRowEntity>(row => BelongsToServer(row).HasKey(entity => entity.ServerId));
        AddAlerts(modelBuilder);
    }

    private static void AddAlerts(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<AlertChannelEntity>(channel =>
        {
            channel.HasIndex(entity => entity.Name).IsUnique();
            channel.Property(entity => entity.Revision).IsConcurrencyToken();
        });
        modelBuilder.Entity<AlertRouteEntity>(route =>
        {
            route.HasIndex(entity => entity.Name).IsUnique();
            route.Property(entity => entity.Revision).IsConcurrencyToken();
        });
        modelBuilder.Entity<MaintenanceWindowEntity>(window =>
        {
            window.HasIndex(entity => entity.Name).IsUnique();
            window.Property(entity => entity.Revision).IsConcurrencyToken();
        });
        modelBuilder.Entity<AlertEntity>(alert =>
        {
            alert.HasIndex(entity => new { entity.RouteId, entity.GroupKey, entity.Occurrence }).IsUnique();
            alert.HasIndex(entity => new { entity.Key, entity.Occurrence });
            alert.HasIndex(entity => entity.EndedAt);
            alert.Property(entity => entity.Channels).HasConversion(new JsonListConverter<int>(), new ValueComparer<ValueList<int>>(favorStructuralComparisons: false));
            alert.Property(entity => entity.ProblemIds).HasConversion(new JsonListConverter<long>(), new ValueComparer<ValueList<long>>(favorStructuralComparisons: false));
        });
        modelBuilder.Entity<UsedAlertLinkEntity>().HasKey(entity => entity.Id);
        modelBuilder.Entity<AlertDeliveryEntity>(delivery =>
        {
            delivery.HasOne<AlertChannelEntity>().WithMany().HasForeignKey(entity => entity.ChannelId).OnDelete(DeleteBehavior.Cascade);

            // A message is there once for a channel, whoever decides on it, and however often.
            delivery.HasIndex(entity => new { entity.ChannelId, entity.AlertKey, entity.Occurrence, entity.EventNumber }).IsUnique();

            // 0 is Waiting.
            delivery.HasIndex(entity => new { entity.ChannelId, entity.NextTryAt }).HasFilter("\"State\" = 0");
            delivery.HasIndex(entity => entity.CreatedAt);
        });
    }

    /// <summary>Every row of a server goes with it; the audit stays.</summary>
    private static Microsoft.EntityFrameworkCore.Metadata.Builders.EntityTypeBuilder<T> BelongsToServer<T>(Microsoft.EntityFrameworkCore.Metadata.Builders.EntityTypeBuilder<T> entity)
        where T : class
    {
        entity.HasOne<ServerEntity>().WithMany().HasForeignKey("ServerId").OnDelete(DeleteBehavior.Cascade);
        return entity;
    }

    private sealed class JsonListConverter<T>() : ValueConverter<ValueList<T>, string>(
        list => JsonSerializer.Serialize(list, JsonColumn.Json),
        text => JsonColumn.ReadList<T>(text));

    private sealed class UtcConverter() : ValueConverter<DateTime, DateTime>(
        value => value.Kind == DateTimeKind.Utc ? value : value.ToUniversalTime(),
        value => DateTime.SpecifyKind(value, DateTimeKind.Utc));
}
