using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace WsusDashboard.Dashboard.Data.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class SyncRunsByQuarter : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_SyncRuns_IsCounted_StartedQuarter_ServerId_Result",
                table: "SyncRuns");

            migrationBuilder.CreateIndex(
                name: "IX_SyncRuns_StartedQuarter_ServerId_Result_IsCounted",
                table: "SyncRuns",
                columns: new[] { "StartedQuarter", "ServerId", "Result", "IsCounted" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_SyncRuns_StartedQuarter_ServerId_Result_IsCounted",
                table: "SyncRuns");

            migrationBuilder.CreateIndex(
                name: "IX_SyncRuns_IsCounted_StartedQuarter_ServerId_Result",
                table: "SyncRuns",
                columns: new[] { "IsCounted", "StartedQuarter", "ServerId", "Result" });
        }
    }
}
