using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace WsusDashboard.Dashboard.Data.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class History : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "SampleRollups");

            migrationBuilder.DropTable(
                name: "Samples");

            migrationBuilder.DropIndex(
                name: "IX_SyncRuns_StartedQuarter_ServerId_Result_IsCounted",
                table: "SyncRuns");

            // By hand: EF would make the table anew outside of the transaction, and a dashboard that is killed then would be stuck with half of it.
            migrationBuilder.Sql("ALTER TABLE \"SyncRuns\" DROP COLUMN \"StartedQuarter\";");

            migrationBuilder.CreateTable(
                name: "LastLooks",
                columns: table => new
                {
                    UserId = table.Column<string>(type: "TEXT", nullable: false),
                    At = table.Column<DateTime>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_LastLooks", x => x.UserId);
                });

            migrationBuilder.CreateTable(
                name: "SampleChunks",
                columns: table => new
                {
                    ServerId = table.Column<int>(type: "INTEGER", nullable: false),
                    Grain = table.Column<int>(type: "INTEGER", nullable: false),
                    StartHour = table.Column<int>(type: "INTEGER", nullable: false),
                    RollupDue = table.Column<int>(type: "INTEGER", nullable: false),
                    Data = table.Column<byte[]>(type: "BLOB", nullable: false)
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
                name: "ServerEvents",
                columns: table => new
                {
                    Id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    ServerId = table.Column<int>(type: "INTEGER", nullable: false),
                    At = table.Column<DateTime>(type: "TEXT", nullable: false),
                    LogName = table.Column<string>(type: "TEXT", nullable: false),
                    RecordId = table.Column<long>(type: "INTEGER", nullable: false),
                    Provider = table.Column<string>(type: "TEXT", nullable: false),
                    EventId = table.Column<int>(type: "INTEGER", nullable: false),
                    Level = table.Column<int>(type: "INTEGER", nullable: false),
                    Message = table.Column<string>(type: "TEXT", nullable: false)
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
                name: "SyncCauses",
                columns: table => new
                {
                    Id = table.Column<int>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    CauseId = table.Column<string>(type: "TEXT", nullable: false),
                    Title = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_SyncCauses", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "SyncMonths",
                columns: table => new
                {
                    Month = table.Column<int>(type: "INTEGER", nullable: false),
                    ServerId = table.Column<int>(type: "INTEGER", nullable: false),
                    Runs = table.Column<byte[]>(type: "BLOB", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_SyncMonths", x => new { x.Month, x.ServerId });
                    table.ForeignKey(
                        name: "FK_SyncMonths_Servers_ServerId",
                        column: x => x.ServerId,
                        principalTable: "Servers",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "IX_SampleChunks_StartHour",
                table: "SampleChunks",
                column: "StartHour",
                filter: "\"RollupDue\" = 1");

            migrationBuilder.CreateIndex(
                name: "IX_ServerEvents_At",
                table: "ServerEvents",
                column: "At");

            migrationBuilder.CreateIndex(
                name: "IX_ServerEvents_ServerId_At",
                table: "ServerEvents",
                columns: new[] { "ServerId", "At" });

            migrationBuilder.CreateIndex(
                name: "IX_SyncCauses_CauseId",
                table: "SyncCauses",
                column: "CauseId",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_SyncMonths_ServerId",
                table: "SyncMonths",
                column: "ServerId");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "LastLooks");

            migrationBuilder.DropTable(
                name: "SampleChunks");

            migrationBuilder.DropTable(
                name: "ServerEvents");

            migrationBuilder.DropTable(
                name: "SyncCauses");

            migrationBuilder.DropTable(
                name: "SyncMonths");

            migrationBuilder.AddColumn<int>(
                name: "StartedQuarter",
                table: "SyncRuns",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.CreateTable(
                name: "SampleRollups",
                columns: table => new
                {
                    ServerId = table.Column<int>(type: "INTEGER", nullable: false),
                    Grain = table.Column<int>(type: "INTEGER", nullable: false),
                    At = table.Column<DateTime>(type: "TEXT", nullable: false),
                    ConfigMgrUpdatesMaximum = table.Column<long>(type: "INTEGER", nullable: true),
                    LimitKilobytes = table.Column<long>(type: "INTEGER", nullable: true),
                    QueuedRequestsMaximum = table.Column<long>(type: "INTEGER", nullable: true),
                    RejectedRequestsMaximum = table.Column<long>(type: "INTEGER", nullable: true),
                    Samples = table.Column<int>(type: "INTEGER", nullable: false),
                    UpdatesMaximum = table.Column<long>(type: "INTEGER", nullable: true),
                    WorkerKilobytesMaximum = table.Column<long>(type: "INTEGER", nullable: true),
                    WorkerKilobytesMean = table.Column<long>(type: "INTEGER", nullable: true),
                    WorkerKilobytesMinimum = table.Column<long>(type: "INTEGER", nullable: true)
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
                    AgentMemoryKilobytes = table.Column<long>(type: "INTEGER", nullable: true),
                    ConfigMgrUpdates = table.Column<long>(type: "INTEGER", nullable: true),
                    LimitKilobytes = table.Column<long>(type: "INTEGER", nullable: true),
                    QueuedRequests = table.Column<long>(type: "INTEGER", nullable: true),
                    RejectedRequests = table.Column<long>(type: "INTEGER", nullable: true),
                    Updates = table.Column<long>(type: "INTEGER", nullable: true),
                    WorkerKilobytes = table.Column<long>(type: "INTEGER", nullable: true)
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

            migrationBuilder.CreateIndex(
                name: "IX_SyncRuns_StartedQuarter_ServerId_Result_IsCounted",
                table: "SyncRuns",
                columns: new[] { "StartedQuarter", "ServerId", "Result", "IsCounted" });

            migrationBuilder.CreateIndex(
                name: "IX_Samples_At",
                table: "Samples",
                column: "At");
        }
    }
}
