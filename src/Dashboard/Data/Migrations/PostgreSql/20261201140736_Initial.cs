using System;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace WsusDashboard.Dashboard.Data.Migrations.PostgreSql
{
    /// <inheritdoc />
    public partial class Initial : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "Admissions",
                columns: table => new
                {
                    Id = table.Column<int>(type: "integer", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    TokenId = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    AgentPin = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    AgentId = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    ComputerName = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    AgentVersion = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Address = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Site = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    AskedFrom = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    AskedAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Admissions", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "AgentAddresses",
                columns: table => new
                {
                    Address = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Dashboard = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    AddedAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    SeenAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_AgentAddresses", x => x.Address);
                });

            migrationBuilder.CreateTable(
                name: "AgentAddressLists",
                columns: table => new
                {
                    Id = table.Column<int>(type: "integer", nullable: false),
                    Revision = table.Column<long>(type: "bigint", nullable: false),
                    Addresses = table.Column<string>(type: "text", nullable: false, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_AgentAddressLists", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "AgentStrangers",
                columns: table => new
                {
                    Pin = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    ToldAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_AgentStrangers", x => x.Pin);
                });

            migrationBuilder.CreateTable(
                name: "AlertChannels",
                columns: table => new
                {
                    Id = table.Column<int>(type: "integer", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    Kind = table.Column<int>(type: "integer", nullable: false),
                    Name = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    IsEnabled = table.Column<bool>(type: "boolean", nullable: false),
                    Settings = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    SealedSecret = table.Column<byte[]>(type: "bytea", nullable: false),
                    FailingSince = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    FailureToldAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    LastError = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Revision = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_AlertChannels", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "AlertRoutes",
                columns: table => new
                {
                    Id = table.Column<int>(type: "integer", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    Name = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Position = table.Column<int>(type: "integer", nullable: false),
                    IsEnabled = table.Column<bool>(type: "boolean", nullable: false),
                    Rule = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Revision = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_AlertRoutes", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "Alerts",
                columns: table => new
                {
                    Id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    RouteId = table.Column<int>(type: "integer", nullable: false),
                    GroupKey = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Key = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Occurrence = table.Column<int>(type: "integer", nullable: false),
                    State = table.Column<int>(type: "integer", nullable: false),
                    CauseId = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Title = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Subject = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Severity = table.Column<int>(type: "integer", nullable: false),
                    OpenedAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    UnansweredSince = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    ToldAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    NewestTold = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    EscalatedAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    EndedAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    IsAcknowledged = table.Column<bool>(type: "boolean", nullable: false),
                    EventCount = table.Column<int>(type: "integer", nullable: false),
                    Channels = table.Column<string>(type: "text", nullable: false),
                    ProblemIds = table.Column<string>(type: "text", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Alerts", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "Dashboards",
                columns: table => new
                {
                    Id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Node = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Name = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Version = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Address = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    IsLeaving = table.Column<bool>(type: "boolean", nullable: false),
                    StartedAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    HeartbeatAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Dashboards", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "DeletedTags",
                columns: table => new
                {
                    Key = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Name = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    At = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    By = table.Column<string>(type: "text", nullable: false, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_DeletedTags", x => x.Key);
                });

            migrationBuilder.CreateTable(
                name: "Drains",
                columns: table => new
                {
                    Node = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Name = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Since = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    By = table.Column<string>(type: "text", nullable: false, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Drains", x => x.Node);
                });

            migrationBuilder.CreateTable(
                name: "EnrolmentTokens",
                columns: table => new
                {
                    Id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    SecretHash = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Label = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Site = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Admits = table.Column<bool>(type: "boolean", nullable: false),
                    MaximumUses = table.Column<int>(type: "integer", nullable: false),
                    Uses = table.Column<int>(type: "integer", nullable: false),
                    CreatedAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    CreatedBy = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    ExpiresAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    RevokedAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_EnrolmentTokens", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "JobRuns",
                columns: table => new
                {
                    Id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    Name = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    StartedAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    EndedAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    Succeeded = table.Column<bool>(type: "boolean", nullable: false),
                    Message = table.Column<string>(type: "text", nullable: false, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_JobRuns", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "LastLooks",
                columns: table => new
                {
                    UserId = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    At = table.Column<DateTime>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_LastLooks", x => x.UserId);
                });

            migrationBuilder.CreateTable(
                name: "MaintenanceWindows",
                columns: table => new
                {
                    Id = table.Column<int>(type: "integer", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    Name = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Rule = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Revision = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_MaintenanceWindows", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "Partitions",
                columns: table => new
                {
                    Id = table.Column<int>(type: "integer", nullable: false),
                    Owner = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Term = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Partitions", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "Problems",
                columns: table => new
                {
                    Id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    Kind = table.Column<int>(type: "integer", nullable: false),
                    CauseId = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Title = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Subject = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    GroupKey = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    RootServerId = table.Column<int>(type: "integer", nullable: true),
                    MergedInto = table.Column<long>(type: "bigint", nullable: true),
                    CreatedAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Problems", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "RepairBatches",
                columns: table => new
                {
                    Id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Owner = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Playbook = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    Baseline = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    Reason = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Ticket = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    CreatedAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    StartedAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_RepairBatches", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "Reports",
                columns: table => new
                {
                    Id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    Kind = table.Column<int>(type: "integer", nullable: false),
                    Site = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    First = table.Column<DateOnly>(type: "date", nullable: false),
                    Last = table.Column<DateOnly>(type: "date", nullable: false),
                    MadeAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    MadeBy = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Sentence = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Sha256 = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Content = table.Column<string>(type: "text", nullable: false, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Reports", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "SavedViews",
                columns: table => new
                {
                    Id = table.Column<int>(type: "integer", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    PersonId = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Name = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    NameKey = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Query = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Revision = table.Column<long>(type: "bigint", nullable: false),
                    ChangedAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    ChangedBy = table.Column<string>(type: "text", nullable: false, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_SavedViews", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "Servers",
                columns: table => new
                {
                    Id = table.Column<int>(type: "integer", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    Name = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    NameKey = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    SearchText = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Address = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Site = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Baseline = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    AddedAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    AgentId = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    ComputerName = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    OperatingSystem = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    AgentVersion = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    WsusVersion = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Roles = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    LastContactAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    AgentPin = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    NextAgentPin = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    HubPin = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    PairedAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    PairedBy = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Status_CauseId = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    Status_CauseTitle = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    Status_ConfigMgrUpdates = table.Column<long>(type: "bigint", nullable: true),
                    Status_DriftCount = table.Column<int>(type: "integer", nullable: true),
                    Status_Findings = table.Column<string>(type: "text", nullable: false),
                    Status_Health = table.Column<int>(type: "integer", nullable: false),
                    Status_HealthSince = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    Status_History = table.Column<int>(type: "integer", nullable: false),
                    Status_IsCauseNamed = table.Column<bool>(type: "boolean", nullable: false),
                    Status_IsSynchronizing = table.Column<bool>(type: "boolean", nullable: false),
                    Status_KnownHealth = table.Column<int>(type: "integer", nullable: false),
                    Status_KnownHealthSince = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    Status_LastGoodSyncAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    Status_LastSyncAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    Status_LastSyncResult = table.Column<int>(type: "integer", nullable: true),
                    Status_NextStep = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    Status_Playbook = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    Status_PoolName = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    Status_PoolState = table.Column<int>(type: "integer", nullable: false),
                    Status_Sentence = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Status_Strip = table.Column<string>(type: "text", nullable: false),
                    Status_Updates = table.Column<long>(type: "bigint", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Servers", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "SyncCauses",
                columns: table => new
                {
                    Id = table.Column<int>(type: "integer", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    CauseId = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Title = table.Column<string>(type: "text", nullable: false, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_SyncCauses", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "Tags",
                columns: table => new
                {
                    Key = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Name = table.Column<string>(type: "text", nullable: false, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Tags", x => x.Key);
                });

            migrationBuilder.CreateTable(
                name: "UsedAlertLinks",
                columns: table => new
                {
                    Id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    ExpiresAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_UsedAlertLinks", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "AlertDeliveries",
                columns: table => new
                {
                    Id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    ChannelId = table.Column<int>(type: "integer", nullable: false),
                    AlertKey = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Occurrence = table.Column<int>(type: "integer", nullable: false),
                    EventNumber = table.Column<int>(type: "integer", nullable: false),
                    Event = table.Column<int>(type: "integer", nullable: false),
                    CreatedAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    Digest = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    State = table.Column<int>(type: "integer", nullable: false),
                    Attempts = table.Column<int>(type: "integer", nullable: false),
                    NextTryAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    EndedAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    Outcome = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Message = table.Column<string>(type: "text", nullable: false, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_AlertDeliveries", x => x.Id);
                    table.ForeignKey(
                        name: "FK_AlertDeliveries_AlertChannels_ChannelId",
                        column: x => x.ChannelId,
                        principalTable: "AlertChannels",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "ProblemComments",
                columns: table => new
                {
                    Id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    ProblemId = table.Column<long>(type: "bigint", nullable: false),
                    At = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    Who = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    PersonId = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Text = table.Column<string>(type: "text", nullable: false, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_ProblemComments", x => x.Id);
                    table.ForeignKey(
                        name: "FK_ProblemComments_Problems_ProblemId",
                        column: x => x.ProblemId,
                        principalTable: "Problems",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "ProblemTriages",
                columns: table => new
                {
                    ProblemId = table.Column<long>(type: "bigint", nullable: false),
                    Site = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Revision = table.Column<long>(type: "bigint", nullable: false),
                    AcknowledgedAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    AcknowledgedUntil = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    IsUntilChange = table.Column<bool>(type: "boolean", nullable: false),
                    AcknowledgedBy = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    AcknowledgementComment = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    AssignedAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    AssignedBy = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    AssigneeId = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    AssigneeName = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    SilencedAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    SilencedUntil = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    SilencedBy = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    SilenceReason = table.Column<string>(type: "text", nullable: false, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_ProblemTriages", x => new { x.ProblemId, x.Site });
                    table.ForeignKey(
                        name: "FK_ProblemTriages_Problems_ProblemId",
                        column: x => x.ProblemId,
                        principalTable: "Problems",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "AgentQuarantines",
                columns: table => new
                {
                    ServerId = table.Column<int>(type: "integer", nullable: false),
                    Reason = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Since = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    Until = table.Column<DateTime>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_AgentQuarantines", x => x.ServerId);
                    table.ForeignKey(
                        name: "FK_AgentQuarantines_Servers_ServerId",
                        column: x => x.ServerId,
                        principalTable: "Servers",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "CauseDisputes",
                columns: table => new
                {
                    Id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    ServerId = table.Column<int>(type: "integer", nullable: false),
                    RunId = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    RunStartedAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    CauseId = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Confidence = table.Column<int>(type: "integer", nullable: false),
                    ActualCauseId = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    Comment = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    At = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    Who = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    PersonId = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    ProductVersion = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Case = table.Column<string>(type: "text", nullable: false, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_CauseDisputes", x => x.Id);
                    table.ForeignKey(
                        name: "FK_CauseDisputes_Servers_ServerId",
                        column: x => x.ServerId,
                        principalTable: "Servers",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "LinkCursors",
                columns: table => new
                {
                    ServerId = table.Column<int>(type: "integer", nullable: false),
                    Epoch = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Sequence = table.Column<long>(type: "bigint", nullable: false),
                    Day = table.Column<DateOnly>(type: "date", nullable: false),
                    EventsOfDay = table.Column<int>(type: "integer", nullable: false),
                    EventBytesOfDay = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_LinkCursors", x => x.ServerId);
                    table.ForeignKey(
                        name: "FK_LinkCursors_Servers_ServerId",
                        column: x => x.ServerId,
                        principalTable: "Servers",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "LiveRows",
                columns: table => new
                {
                    ServerId = table.Column<int>(type: "integer", nullable: false),
                    Term = table.Column<long>(type: "bigint", nullable: false),
                    Revision = table.Column<long>(type: "bigint", nullable: false),
                    Row = table.Column<byte[]>(type: "bytea", nullable: false),
                    SnapshotRevision = table.Column<long>(type: "bigint", nullable: false),
                    SnapshotTerm = table.Column<long>(type: "bigint", nullable: false),
                    Snapshot = table.Column<byte[]>(type: "bytea", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_LiveRows", x => x.ServerId);
                    table.ForeignKey(
                        name: "FK_LiveRows_Servers_ServerId",
                        column: x => x.ServerId,
                        principalTable: "Servers",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "OutsideProbes",
                columns: table => new
                {
                    ServerId = table.Column<int>(type: "integer", nullable: false),
                    SavedAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    Message = table.Column<byte[]>(type: "bytea", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_OutsideProbes", x => x.ServerId);
                    table.ForeignKey(
                        name: "FK_OutsideProbes_Servers_ServerId",
                        column: x => x.ServerId,
                        principalTable: "Servers",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "PostureAcknowledgements",
                columns: table => new
                {
                    ServerId = table.Column<int>(type: "integer", nullable: false),
                    FindingId = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Severity = table.Column<int>(type: "integer", nullable: false),
                    Until = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    Reason = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    At = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    Who = table.Column<string>(type: "text", nullable: false, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_PostureAcknowledgements", x => new { x.ServerId, x.FindingId });
                    table.ForeignKey(
                        name: "FK_PostureAcknowledgements_Servers_ServerId",
                        column: x => x.ServerId,
                        principalTable: "Servers",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "ProblemEvents",
                columns: table => new
                {
                    Id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    ProblemId = table.Column<long>(type: "bigint", nullable: false),
                    ServerId = table.Column<int>(type: "integer", nullable: false),
                    At = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    Kind = table.Column<int>(type: "integer", nullable: false),
                    CauseId = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Title = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Severity = table.Column<int>(type: "integer", nullable: false),
                    Detail = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Who = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Until = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    Text = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    AuditDue = table.Column<int>(type: "integer", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_ProblemEvents", x => x.Id);
                    table.ForeignKey(
                        name: "FK_ProblemEvents_Problems_ProblemId",
                        column: x => x.ProblemId,
                        principalTable: "Problems",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                    table.ForeignKey(
                        name: "FK_ProblemEvents_Servers_ServerId",
                        column: x => x.ServerId,
                        principalTable: "Servers",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "ProblemServers",
                columns: table => new
                {
                    ProblemId = table.Column<long>(type: "bigint", nullable: false),
                    ServerId = table.Column<int>(type: "integer", nullable: false),
                    CauseId = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Title = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Severity = table.Column<int>(type: "integer", nullable: false),
                    State = table.Column<int>(type: "integer", nullable: false),
                    StateSince = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    Since = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    OpenedAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    Playbook = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    RepairId = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    ResolvedAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    GoneAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    SuspectedAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    GoodSince = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    GoodReadAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    MilderSince = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    IsCalm = table.Column<bool>(type: "boolean", nullable: false),
                    ReopeningCount = table.Column<int>(type: "integer", nullable: false),
                    Reopenings = table.Column<string>(type: "text", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_ProblemServers", x => new { x.ProblemId, x.ServerId, x.CauseId });
                    table.ForeignKey(
                        name: "FK_ProblemServers_Problems_ProblemId",
                        column: x => x.ProblemId,
                        principalTable: "Problems",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                    table.ForeignKey(
                        name: "FK_ProblemServers_Servers_ServerId",
                        column: x => x.ServerId,
                        principalTable: "Servers",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "RepairBatchServers",
                columns: table => new
                {
                    BatchId = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    ServerId = table.Column<int>(type: "integer", nullable: false),
                    State = table.Column<int>(type: "integer", nullable: false),
                    Playbook = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    Since = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    Looks = table.Column<int>(type: "integer", nullable: false),
                    Plan = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    RepairId = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    Message = table.Column<string>(type: "text", nullable: false, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_RepairBatchServers", x => new { x.BatchId, x.ServerId });
                    table.ForeignKey(
                        name: "FK_RepairBatchServers_RepairBatches_BatchId",
                        column: x => x.BatchId,
                        principalTable: "RepairBatches",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                    table.ForeignKey(
                        name: "FK_RepairBatchServers_Servers_ServerId",
                        column: x => x.ServerId,
                        principalTable: "Servers",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "Repairs",
                columns: table => new
                {
                    ServerId = table.Column<int>(type: "integer", nullable: false),
                    RepairId = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Playbook = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Baseline = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    State = table.Column<int>(type: "integer", nullable: false),
                    RequestedBy = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Reason = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    StartedAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    EndedAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    Revision = table.Column<long>(type: "bigint", nullable: false),
                    Sentence = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    CanUndo = table.Column<bool>(type: "boolean", nullable: false),
                    UndoOf = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    UndoneBy = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    ReadAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    Run = table.Column<string>(type: "text", nullable: false, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Repairs", x => new { x.ServerId, x.RepairId });
                    table.ForeignKey(
                        name: "FK_Repairs_Servers_ServerId",
                        column: x => x.ServerId,
                        principalTable: "Servers",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "RepairStarts",
                columns: table => new
                {
                    ServerId = table.Column<int>(type: "integer", nullable: false),
                    ExpiresAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_RepairStarts", x => x.ServerId);
                    table.ForeignKey(
                        name: "FK_RepairStarts_Servers_ServerId",
                        column: x => x.ServerId,
                        principalTable: "Servers",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "RunEvidence",
                columns: table => new
                {
                    ServerId = table.Column<int>(type: "integer", nullable: false),
                    RunId = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    At = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    Message = table.Column<byte[]>(type: "bytea", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_RunEvidence", x => new { x.ServerId, x.RunId });
                    table.ForeignKey(
                        name: "FK_RunEvidence_Servers_ServerId",
                        column: x => x.ServerId,
                        principalTable: "Servers",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "SampleChunks",
                columns: table => new
                {
                    ServerId = table.Column<int>(type: "integer", nullable: false),
                    Grain = table.Column<int>(type: "integer", nullable: false),
                    StartHour = table.Column<int>(type: "integer", nullable: false),
                    RollupDue = table.Column<int>(type: "integer", nullable: false),
                    Data = table.Column<byte[]>(type: "bytea", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_SampleChunks", x => new { x.ServerId, x.Grain, x.StartHour });
                    table.ForeignKey(
                        name: "FK_SampleChunks_Servers_ServerId",
                        column: x => x.ServerId,
                        principalTable: "Servers",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "ServerDescriptions",
                columns: table => new
                {
                    ServerId = table.Column<int>(type: "integer", nullable: false),
                    Revision = table.Column<long>(type: "bigint", nullable: false),
                    OwnerId = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    OwnerName = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Notes = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    ChangedAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    ChangedBy = table.Column<string>(type: "text", nullable: false, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_ServerDescriptions", x => x.ServerId);
                    table.ForeignKey(
                        name: "FK_ServerDescriptions_Servers_ServerId",
                        column: x => x.ServerId,
                        principalTable: "Servers",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "ServerEvents",
                columns: table => new
                {
                    Id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    ServerId = table.Column<int>(type: "integer", nullable: false),
                    At = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    LogName = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    RecordId = table.Column<long>(type: "bigint", nullable: false),
                    Provider = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    EventId = table.Column<int>(type: "integer", nullable: false),
                    Level = table.Column<int>(type: "integer", nullable: false),
                    Message = table.Column<string>(type: "text", nullable: false, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_ServerEvents", x => x.Id);
                    table.ForeignKey(
                        name: "FK_ServerEvents_Servers_ServerId",
                        column: x => x.ServerId,
                        principalTable: "Servers",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "ServerSnapshots",
                columns: table => new
                {
                    ServerId = table.Column<int>(type: "integer", nullable: false),
                    SavedAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    Message = table.Column<byte[]>(type: "bytea", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_ServerSnapshots", x => x.ServerId);
                    table.ForeignKey(
                        name: "FK_ServerSnapshots_Servers_ServerId",
                        column: x => x.ServerId,
                        principalTable: "Servers",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "StateChanges",
                columns: table => new
                {
                    Id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    ServerId = table.Column<int>(type: "integer", nullable: false),
                    At = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    Subject = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    From = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    To = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Detail = table.Column<string>(type: "text", nullable: false, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_StateChanges", x => x.Id);
                    table.ForeignKey(
                        name: "FK_StateChanges_Servers_ServerId",
                        column: x => x.ServerId,
                        principalTable: "Servers",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "SyncPeriodCounts",
                columns: table => new
                {
                    PeriodId = table.Column<long>(type: "bigint", nullable: false),
                    Kind = table.Column<int>(type: "integer", nullable: false),
                    ServerId = table.Column<int>(type: "integer", nullable: false),
                    Count = table.Column<int>(type: "integer", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_SyncPeriodCounts", x => new { x.PeriodId, x.Kind });
                    table.ForeignKey(
                        name: "FK_SyncPeriodCounts_Servers_ServerId",
                        column: x => x.ServerId,
                        principalTable: "Servers",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "SyncPeriods",
                columns: table => new
                {
                    Id = table.Column<long>(type: "bigint", nullable: false),
                    ServerId = table.Column<int>(type: "integer", nullable: false),
                    Runs = table.Column<byte[]>(type: "bytea", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_SyncPeriods", x => x.Id);
                    table.ForeignKey(
                        name: "FK_SyncPeriods_Servers_ServerId",
                        column: x => x.ServerId,
                        principalTable: "Servers",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "SyncRuns",
                columns: table => new
                {
                    Id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    ServerId = table.Column<int>(type: "integer", nullable: false),
                    RunId = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Source = table.Column<int>(type: "integer", nullable: false),
                    Trigger = table.Column<int>(type: "integer", nullable: false),
                    StartedAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    EndedAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    Result = table.Column<int>(type: "integer", nullable: false),
                    ErrorCode = table.Column<long>(type: "bigint", nullable: false),
                    ErrorText = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    UpdatesChanged = table.Column<long>(type: "bigint", nullable: true),
                    IsCounted = table.Column<bool>(type: "boolean", nullable: false),
                    RepairId = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    RepairTrace = table.Column<int>(type: "integer", nullable: false),
                    CauseId = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    CauseTitle = table.Column<string>(type: "text", nullable: true, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_SyncRuns", x => x.Id);
                    table.ForeignKey(
                        name: "FK_SyncRuns_Servers_ServerId",
                        column: x => x.ServerId,
                        principalTable: "Servers",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "ServerTags",
                columns: table => new
                {
                    ServerId = table.Column<int>(type: "integer", nullable: false),
                    TagKey = table.Column<string>(type: "text", nullable: false, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_ServerTags", x => new { x.ServerId, x.TagKey });
                    table.ForeignKey(
                        name: "FK_ServerTags_Servers_ServerId",
                        column: x => x.ServerId,
                        principalTable: "Servers",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                    table.ForeignKey(
                        name: "FK_ServerTags_Tags_TagKey",
                        column: x => x.TagKey,
                        principalTable: "Tags",
                        principalColumn: "Key",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "ProblemCommentSites",
                columns: table => new
                {
                    CommentId = table.Column<long>(type: "bigint", nullable: false),
                    Site = table.Column<string>(type: "text", nullable: false, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_ProblemCommentSites", x => new { x.CommentId, x.Site });
                    table.ForeignKey(
                        name: "FK_ProblemCommentSites_ProblemComments_CommentId",
                        column: x => x.CommentId,
                        principalTable: "ProblemComments",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "IX_Admissions_AgentPin",
                table: "Admissions",
                column: "AgentPin",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_AlertChannels_Name",
                table: "AlertChannels",
                column: "Name",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_AlertDeliveries_ChannelId_AlertKey_Occurrence_EventNumber",
                table: "AlertDeliveries",
                columns: new[] { "ChannelId", "AlertKey", "Occurrence", "EventNumber" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_AlertDeliveries_ChannelId_NextTryAt",
                table: "AlertDeliveries",
                columns: new[] { "ChannelId", "NextTryAt" },
                filter: "\"State\" = 0");

            migrationBuilder.CreateIndex(
                name: "IX_AlertDeliveries_CreatedAt",
                table: "AlertDeliveries",
                column: "CreatedAt");

            migrationBuilder.CreateIndex(
                name: "IX_AlertRoutes_Name",
                table: "AlertRoutes",
                column: "Name",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_Alerts_EndedAt",
                table: "Alerts",
                column: "EndedAt");

            migrationBuilder.CreateIndex(
                name: "IX_Alerts_Key_Occurrence",
                table: "Alerts",
                columns: new[] { "Key", "Occurrence" });

            migrationBuilder.CreateIndex(
                name: "IX_Alerts_RouteId_GroupKey_Occurrence",
                table: "Alerts",
                columns: new[] { "RouteId", "GroupKey", "Occurrence" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_CauseDisputes_RunStartedAt",
                table: "CauseDisputes",
                column: "RunStartedAt");

            migrationBuilder.CreateIndex(
                name: "IX_CauseDisputes_ServerId_RunId_CauseId_PersonId",
                table: "CauseDisputes",
                columns: new[] { "ServerId", "RunId", "CauseId", "PersonId" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_DeletedTags_At",
                table: "DeletedTags",
                column: "At");

            migrationBuilder.CreateIndex(
                name: "IX_JobRuns_Name_StartedAt",
                table: "JobRuns",
                columns: new[] { "Name", "StartedAt" });

            migrationBuilder.CreateIndex(
                name: "IX_MaintenanceWindows_Name",
                table: "MaintenanceWindows",
                column: "Name",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_PostureAcknowledgements_Until",
                table: "PostureAcknowledgements",
                column: "Until");

            migrationBuilder.CreateIndex(
                name: "IX_ProblemComments_ProblemId",
                table: "ProblemComments",
                column: "ProblemId");

            migrationBuilder.CreateIndex(
                name: "IX_ProblemEvents_AuditDue",
                table: "ProblemEvents",
                column: "AuditDue",
                filter: "\"AuditDue\" = 1");

            migrationBuilder.CreateIndex(
                name: "IX_ProblemEvents_ProblemId_At",
                table: "ProblemEvents",
                columns: new[] { "ProblemId", "At" });

            migrationBuilder.CreateIndex(
                name: "IX_ProblemEvents_ServerId",
                table: "ProblemEvents",
                column: "ServerId");

            migrationBuilder.CreateIndex(
                name: "IX_Problems_CreatedAt",
                table: "Problems",
                column: "CreatedAt");

            migrationBuilder.CreateIndex(
                name: "IX_ProblemServers_ResolvedAt",
                table: "ProblemServers",
                column: "ResolvedAt");

            migrationBuilder.CreateIndex(
                name: "IX_ProblemServers_ServerId_CauseId",
                table: "ProblemServers",
                columns: new[] { "ServerId", "CauseId" },
                unique: true,
                filter: "\"State\" <> 4");

            migrationBuilder.CreateIndex(
                name: "IX_RepairBatches_CreatedAt",
                table: "RepairBatches",
                column: "CreatedAt");

            migrationBuilder.CreateIndex(
                name: "IX_RepairBatchServers_ServerId",
                table: "RepairBatchServers",
                column: "ServerId");

            migrationBuilder.CreateIndex(
                name: "IX_RepairBatchServers_State",
                table: "RepairBatchServers",
                column: "State");

            migrationBuilder.CreateIndex(
                name: "IX_Repairs_RepairId",
                table: "Repairs",
                column: "RepairId");

            migrationBuilder.CreateIndex(
                name: "IX_Repairs_StartedAt",
                table: "Repairs",
                column: "StartedAt");

            migrationBuilder.CreateIndex(
                name: "IX_Reports_Kind_First_Last",
                table: "Reports",
                columns: new[] { "Kind", "First", "Last" });

            migrationBuilder.CreateIndex(
                name: "IX_Reports_MadeAt",
                table: "Reports",
                column: "MadeAt");

            migrationBuilder.CreateIndex(
                name: "IX_RunEvidence_At",
                table: "RunEvidence",
                column: "At");

            migrationBuilder.CreateIndex(
                name: "IX_SampleChunks_StartHour",
                table: "SampleChunks",
                column: "StartHour",
                filter: "\"RollupDue\" = 1");

            migrationBuilder.CreateIndex(
                name: "IX_SavedViews_PersonId_NameKey",
                table: "SavedViews",
                columns: new[] { "PersonId", "NameKey" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_ServerEvents_At",
                table: "ServerEvents",
                column: "At");

            migrationBuilder.CreateIndex(
                name: "IX_ServerEvents_ServerId_At",
                table: "ServerEvents",
                columns: new[] { "ServerId", "At" });

            migrationBuilder.CreateIndex(
                name: "IX_Servers_Address",
                table: "Servers",
                column: "Address",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_Servers_AgentPin",
                table: "Servers",
                column: "AgentPin");

            migrationBuilder.CreateIndex(
                name: "IX_Servers_NameKey",
                table: "Servers",
                column: "NameKey");

            migrationBuilder.CreateIndex(
                name: "IX_ServerTags_TagKey",
                table: "ServerTags",
                column: "TagKey");

            migrationBuilder.CreateIndex(
                name: "IX_StateChanges_At",
                table: "StateChanges",
                column: "At");

            migrationBuilder.CreateIndex(
                name: "IX_StateChanges_ServerId_At",
                table: "StateChanges",
                columns: new[] { "ServerId", "At" });

            migrationBuilder.CreateIndex(
                name: "IX_SyncCauses_CauseId",
                table: "SyncCauses",
                column: "CauseId",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_SyncPeriodCounts_ServerId",
                table: "SyncPeriodCounts",
                column: "ServerId");

            migrationBuilder.CreateIndex(
                name: "IX_SyncPeriods_ServerId",
                table: "SyncPeriods",
                column: "ServerId");

            migrationBuilder.CreateIndex(
                name: "IX_SyncRuns_ServerId_RunId",
                table: "SyncRuns",
                columns: new[] { "ServerId", "RunId" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_SyncRuns_ServerId_StartedAt",
                table: "SyncRuns",
                columns: new[] { "ServerId", "StartedAt" });

            migrationBuilder.CreateIndex(
                name: "IX_SyncRuns_StartedAt",
                table: "SyncRuns",
                column: "StartedAt");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "Admissions");

            migrationBuilder.DropTable(
                name: "AgentAddresses");

            migrationBuilder.DropTable(
                name: "AgentAddressLists");

            migrationBuilder.DropTable(
                name: "AgentQuarantines");

            migrationBuilder.DropTable(
                name: "AgentStrangers");

            migrationBuilder.DropTable(
                name: "AlertDeliveries");

            migrationBuilder.DropTable(
                name: "AlertRoutes");

            migrationBuilder.DropTable(
                name: "Alerts");

            migrationBuilder.DropTable(
                name: "CauseDisputes");

            migrationBuilder.DropTable(
                name: "Dashboards");

            migrationBuilder.DropTable(
                name: "DeletedTags");

            migrationBuilder.DropTable(
                name: "Drains");

            migrationBuilder.DropTable(
                name: "EnrolmentTokens");

            migrationBuilder.DropTable(
                name: "JobRuns");

            migrationBuilder.DropTable(
                name: "LastLooks");

            migrationBuilder.DropTable(
                name: "LinkCursors");

            migrationBuilder.DropTable(
                name: "LiveRows");

            migrationBuilder.DropTable(
                name: "MaintenanceWindows");

            migrationBuilder.DropTable(
                name: "OutsideProbes");

            migrationBuilder.DropTable(
                name: "Partitions");

            migrationBuilder.DropTable(
                name: "PostureAcknowledgements");

            migrationBuilder.DropTable(
                name: "ProblemCommentSites");

            migrationBuilder.DropTable(
                name: "ProblemEvents");

            migrationBuilder.DropTable(
                name: "ProblemServers");

            migrationBuilder.DropTable(
                name: "ProblemTriages");

            migrationBuilder.DropTable(
                name: "RepairBatchServers");

            migrationBuilder.DropTable(
                name: "Repairs");

            migrationBuilder.DropTable(
                name: "RepairStarts");

            migrationBuilder.DropTable(
                name: "Reports");

            migrationBuilder.DropTable(
                name: "RunEvidence");

            migrationBuilder.DropTable(
                name: "SampleChunks");

            migrationBuilder.DropTable(
                name: "SavedViews");

            migrationBuilder.DropTable(
                name: "ServerDescriptions");

            migrationBuilder.DropTable(
                name: "ServerEvents");

            migrationBuilder.DropTable(
                name: "ServerSnapshots");

            migrationBuilder.DropTable(
                name: "ServerTags");

            migrationBuilder.DropTable(
                name: "StateChanges");

            migrationBuilder.DropTable(
                name: "SyncCauses");

            migrationBuilder.DropTable(
                name: "SyncPeriodCounts");

            migrationBuilder.DropTable(
                name: "SyncPeriods");

            migrationBuilder.DropTable(
                name: "SyncRuns");

            migrationBuilder.DropTable(
                name: "UsedAlertLinks");

            migrationBuilder.DropTable(
                name: "AlertChannels");

            migrationBuilder.DropTable(
                name: "ProblemComments");

            migrationBuilder.DropTable(
                name: "RepairBatches");

            migrationBuilder.DropTable(
                name: "Tags");

            migrationBuilder.DropTable(
                name: "Servers");

            migrationBuilder.DropTable(
                name: "Problems");
        }
    }
}
