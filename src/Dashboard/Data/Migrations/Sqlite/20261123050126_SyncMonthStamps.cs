using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace WsusDashboard.Dashboard.Data.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class SyncMonthStamps : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "SyncMonthStamps",
                columns: table => new
                {
                    Month = table.Column<int>(type: "INTEGER", nullable: false),
                    Stamp = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_SyncMonthStamps", x => x.Month);
                });

            // The months that are packed already; the month is the upper half of their keys.
            migrationBuilder.Sql("""INSERT INTO "SyncMonthStamps" ("Month", "Stamp") SELECT DISTINCT CAST("Id" >> 32 AS integer), 1 FROM "SyncMonths" """);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "SyncMonthStamps");
        }
    }
}
