using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace WsusDashboard.Dashboard.Data.Migrations.PostgreSql
{
    /// <inheritdoc />
    public partial class RunEvidence : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
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

            migrationBuilder.CreateIndex(
                name: "IX_RunEvidence_At",
                table: "RunEvidence",
                column: "At");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "RunEvidence");
        }
    }
}
