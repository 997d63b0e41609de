using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace WsusDashboard.Dashboard.Data.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class SyncMonthKeys : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            // Made anew from the rows of synchronizations when the database is opened.
            migrationBuilder.DropTable(name: "SyncMonths");
            migrationBuilder.CreateTable(
                name: "SyncMonths",
                columns: table => new
                {
                    Id = table.Column<long>(type: "INTEGER", nullable: false),
                    ServerId = table.Column<int>(type: "INTEGER", nullable: false),
                    Runs = table.Column<byte[]>(type: "BLOB", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_SyncMonths", x => x.Id);
                    table.ForeignKey(
                        name: "FK_SyncMonths_Servers_ServerId",
                        column: x => x.ServerId,
                        principalTable: "Servers",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });
            migrationBuilder.CreateIndex(
                name: "IX_SyncMonths_ServerId",
                table: "SyncMonths",
                column: "ServerId");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(name: "SyncMonths");
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
                name: "IX_SyncMonths_ServerId",
                table: "SyncMonths",
                column: "ServerId");
        }
    }
}
