using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace WsusDashboard.Dashboard.Data.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class Initial : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "Audit",
                columns: table => new
                {
                    Id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    At = table.Column<DateTime>(type: "TEXT", nullable: false),
                    Who = table.Column<string>(type: "TEXT", nullable: false),
                    What = table.Column<string>(type: "TEXT", nullable: false),
                    ServerId = table.Column<int>(type: "INTEGER", nullable: true),
                    ServerName = table.Column<string>(type: "TEXT", nullable: false),
                    Detail = table.Column<string>(type: "TEXT", nullable: false),
                    Result = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Audit", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "JobRuns",
                columns: table => new
                {
                    Id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    Name = table.Column<string>(type: "TEXT", nullable: false),
                    StartedAt = table.Column<DateTime>(type: "TEXT", nullable: false),
                    EndedAt = table.Column<DateTime>(type: "TEXT", nullable: false),
                    Succeeded = table.Column<bool>(type: "INTEGER", nullable: false),
                    Message = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_JobRuns", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "Servers",
                columns: table => new
                {
                    Id = table.Column<int>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    Name = table.Column<string>(type: "TEXT", nullable: false),
                    NameKey = table.Column<string>(type: "TEXT", nullable: false),
                    SearchText = table.Column<string>(type: "TEXT", nullable: false),
                    Address = table.Column<string>(type: "TEXT", nullable: false),
                    Site = table.Column<string>(type: "TEXT", nullable: false),
                    Baseline = table.Column<string>(type: "TEXT", nullable: true),
                    AddedAt = table.Column<DateTime>(type: "TEXT", nullable: false),
                    AgentId = table.Column<string>(type: "TEXT", nullable: false),
                    ComputerName = table.Column<string>(type: "TEXT", nullable: false),
                    OperatingSystem = table.Column<string>(type: "TEXT", nullable: false),
                    AgentVersion = table.Column<string>(type: "TEXT", nullable: false),
                    WsusVersion = table.Column<string>(type: "TEXT", nullable: false),
                    Roles = table.Column<string>(type: "TEXT", nullable: false),
                    LastContactAt = table.Column<DateTime>(type: "TEXT", nullable: true),
                    Status_CauseId = table.Column<string>(type: "TEXT", nullable: true),
                    Status_CauseTitle = table.Column<string>(type: "TEXT", nullable: true),
                    Status_ConfigMgrUpdates = table.Column<long>(type: "INTEGER", nullable: true),
                    Status_DriftCount = table.Column<int>(type: "INTEGER", nullable: true),
                    Status_Findings = table.Column<string>(type: "TEXT", nullable: false),
                    Status_Health = table.Column<int>(type: "INTEGER", nullable: false),
                    Status_HealthSince = table.Column<DateTime>(type: "TEXT", nullable: true),
                    Status_IsSynchronizing = table.Column<bool>(type: "INTEGER", nullable: false),
                    Status_LastGoodSyncAt = table.Column<DateTime>(type: "TEXT", nullable: true),
                    Status_LastSyncAt = table.Column<DateTime>(type: "TEXT", nullable: true),
                    Status_LastSyncResult = table.Column<int>(type: "INTEGER", nullable: true),
                    Status_NextStep = table.Column<string>(type: "TEXT", nullable: true),
                    Status_Playbook = table.Column<string>(type: "TEXT", nullable: true),
                    Status_PoolName = table.Column<string>(type: "TEXT", nullable: true),
                    Status_PoolState = table.Column<int>(type: "INTEGER", nullable: false),
                    Status_Sentence = table.Column<string>(type: "TEXT", nullable: false),
                    Status_Strip = table.Column<string>(type: "TEXT", nullable: false),
                    Status_Updates = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Servers", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "LinkCursors",
                columns: table => new
                {
                    ServerId = table.Column<int>(type: "INTEGER", nullable: false),
                    Epoch = table.Column<string>(type: "TEXT", nullable: false),
                    Sequence = table.Column<long>(type: "INTEGER", nullable: false)
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
                name: "Remediations",
                columns: table => new
                {
                    ServerId = table.Column<int>(type: "INTEGER", nullable: false),
                    RunId = table.Column<string>(type: "TEXT", nullable: false),
                    Playbook = table.Column<string>(type: "TEXT", nullable: false),
                    Baseline = table.Column<string>(type: "TEXT", nullable: false),
                    State = table.Column<int>(type: "INTEGER", nullable: false),
                    RequestedBy = table.Column<string>(type: "TEXT", nullable: false),
                    Reason = table.Column<string>(type: "TEXT", nullable: false),
                    StartedAt = table.Column<DateTime>(type: "TEXT", nullable: false),
                    EndedAt = table.Column<DateTime>(type: "TEXT", nullable: true),
                    Revision = table.Column<long>(type: "INTEGER", nullable: false),
                    Sentence = table.Column<string>(type: "TEXT", nullable: false),
                    CanUndo = table.Column<bool>(type: "INTEGER", nullable: false),
                    UndoOf = table.Column<string>(type: "TEXT", nullable: false),
                    UndoneBy = table.Column<string>(type: "TEXT", nullable: false),
                    ReadAt = table.Column<DateTime>(type: "TEXT", nullable: false),
                    Run = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Remediations", x => new { x.ServerId, x.RunId });
                    table.ForeignKey(
                        name: "FK_Remediations_Servers_ServerId",
                        column: x => x.ServerId,
                        principalTable: "Servers",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "SampleRollups",
                columns: table => new
                {
                    ServerId = table.Column<int>(type: "INTEGER", nullable: false),
                    Grain = table.Column<int>(type: "INTEGER", nullable: false),
                    At = table.Column<DateTime>(type: "TEXT", nullable: false),
                    Samples = table.Column<int>(type: "INTEGER", nullable: false),
                    WorkerKilobytesMinimum = table.Column<long>(type: "INTEGER", nullable: true),
                    WorkerKilobytesMean = table.Column<long>(type: "INTEGER", nullable: true),
                    WorkerKilobytesMaximum = table.Column<long>(type: "INTEGER", nullable: true),
                    LimitKilobytes = table.Column<long>(type: "INTEGER", nullable: true),
                    QueuedRequestsMaximum = table.Column<long>(type: "INTEGER", nullable: true),
                    RejectedRequestsMaximum = table.Column<long>(type: "INTEGER", nullable: true),
                    UpdatesMaximum = table.Column<long>(type: "INTEGER", nullable: true),
                    ConfigMgrUpdatesMaximum = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_SampleRollups", x => new { x.ServerId, x.Grain, x.At });
                    table.ForeignKey(
                        name: "FK_SampleRollups_Servers_ServerId",
                        column: x => x.ServerId,
                        principalTable: "Servers",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "Samples",
                columns: table => new
                {
                    ServerId = table.Column<int>(type: "INTEGER", nullable: false),
                    At = table.Column<DateTime>(type: "TEXT", nullable: false),
                    WorkerKilobytes = table.Column<long>(type: "INTEGER", nullable: true),
                    LimitKilobytes = table.Column<long>(type: "INTEGER", nullable: true),
                    QueuedRequests = table.Column<long>(type: "INTEGER", nullable: true),
                    RejectedRequests = table.Column<long>(type: "INTEGER", nullable: true),
                    Updates = table.Column<long>(type: "INTEGER", nullable: true),
                    ConfigMgrUpdates = table.Column<long>(type: "INTEGER", nullable: true),
                    AgentMemoryKilobytes = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Samples", x => new { x.ServerId, x.At });
                    table.ForeignKey(
                        name: "FK_Samples_Servers_ServerId",
                        column: x => x.ServerId,
                        principalTable: "Servers",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "ServerSnapshots",
                columns: table => new
                {
                    ServerId = table.Column<int>(type: "INTEGER", nullable: false),
                    SavedAt = table.Column<DateTime>(type: "TEXT", nullable: false),
                    Message = table.Column<byte[]>(type: "BLOB", nullable: false)
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
                    Id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    ServerId = table.Column<int>(type: "INTEGER", nullable: false),
                    At = table.Column<DateTime>(type: "TEXT", nullable: false),
                    Subject = table.Column<string>(type: "TEXT", nullable: false),
                    From = table.Column<string>(type: "TEXT", nullable: false),
                    To = table.Column<string>(type: "TEXT", nullable: false),
                    Detail = table.Column<string>(type: "TEXT", nullable: false)
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
                name: "SyncRuns",
                columns: table => new
                {
                    Id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    ServerId = table.Column<int>(type: "INTEGER", nullable: false),
                    RunId = table.Column<string>(type: "TEXT", nullable: false),
                    Source = table.Column<int>(type: "INTEGER", nullable: false),
                    Trigger = table.Column<int>(type: "INTEGER", nullable: false),
                    StartedAt = table.Column<DateTime>(type: "TEXT", nullable: false),
                    EndedAt = table.Column<DateTime>(type: "TEXT", nullable: true),
                    Result = table.Column<int>(type: "INTEGER", nullable: false),
                    ErrorCode = table.Column<long>(type: "INTEGER", nullable: false),
                    ErrorText = table.Column<string>(type: "TEXT", nullable: false),
                    UpdatesChanged = table.Column<long>(type: "INTEGER", nullable: true),
                    StartedQuarter = table.Column<int>(type: "INTEGER", nullable: false),
                    IsCounted = table.Column<bool>(type: "INTEGER", nullable: false),
                    CauseId = table.Column<string>(type: "TEXT", nullable: true),
                    CauseTitle = table.Column<string>(type: "TEXT", nullable: true)
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

            migrationBuilder.CreateIndex(
                name: "IX_Audit_At",
                table: "Audit",
                column: "At");

            migrationBuilder.CreateIndex(
                name: "IX_JobRuns_Name_StartedAt",
                table: "JobRuns",
                columns: new[] { "Name", "StartedAt" });

            migrationBuilder.CreateIndex(
                name: "IX_Remediations_RunId",
                table: "Remediations",
                column: "RunId");

            migrationBuilder.CreateIndex(
                name: "IX_Remediations_StartedAt",
                table: "Remediations",
                column: "StartedAt");

            migrationBuilder.CreateIndex(
                name: "IX_Samples_At",
                table: "Samples",
                column: "At");

            migrationBuilder.CreateIndex(
                name: "IX_Servers_Address",
                table: "Servers",
                column: "Address",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_Servers_NameKey",
                table: "Servers",
                column: "NameKey");

            migrationBuilder.CreateIndex(
                name: "IX_StateChanges_At",
                table: "StateChanges",
                column: "At");

            migrationBuilder.CreateIndex(
                name: "IX_StateChanges_ServerId_At",
                table: "StateChanges",
                columns: new[] { "ServerId", "At" });

            migrationBuilder.CreateIndex(
                name: "IX_SyncRuns_IsCounted_StartedQuarter_ServerId_Result",
                table: "SyncRuns",
                columns: new[] { "IsCounted", "StartedQuarter", "ServerId", "Result" });

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
                name: "Audit");

            migrationBuilder.DropTable(
                name: "JobRuns");

            migrationBuilder.DropTable(
                name: "LinkCursors");

            migrationBuilder.DropTable(
                name: "Remediations");

            migrationBuilder.DropTable(
                name: "SampleRollups");

            migrationBuilder.DropTable(
                name: "Samples");

            migrationBuilder.DropTable(
                name: "ServerSnapshots");

            migrationBuilder.DropTable(
                name: "StateChanges");

            migrationBuilder.DropTable(
                name: "SyncRuns");

            migrationBuilder.DropTable(
                name: "Servers");
        }
    }
}
