"""The Ukraine Support Tracker of the Kiel Institute: its workbook, as issued up to 2022 and in the layout of 2024."""
