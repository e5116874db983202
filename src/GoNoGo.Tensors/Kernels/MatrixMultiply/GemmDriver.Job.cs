using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using GoNoGo.Tensors.Memory;
using GoNoGo.Tensors.Parallel;

namespace GoNoGo.Tensors.Kernels;

internal static unsafe partial class GemmDriver<TSimd, TVector, TInt, TA, TB, TStore>
{
    /// <summary>One item: some panels of the split operand times the whole shared operand.</summary>
    private struct Job : IParallelBody
    {
        // Rows of an unpacked right operand that are read side by side: as many streams as the processor follows.
        private const int DirectDepths = 16;

        public GemmPlan Plan;
        public int Rows;
        public int Columns;
        public int Depth;
        public TA A;
        public TB B;
        public TStore Store;
        public bool Accumulate;
        public bool Direct;
        public float* Shared;

        /// <summary>Where rows are packed; null: in a block of the pool.</summary>
        public float* Room;
        public int SharedLane0;
        public int SharedLaneCount;
        public int Depth0;
        public int DepthCount;

        public readonly int SharedWidth => Plan.SharesLeft ? Plan.PanelRows : PanelColumns;

        /// <summary>Depth blocks lie one after another, each holding all panels.</summary>
        public readonly float* SharedPanel(int panel, int depth, int depthCount) =>
            Shared + ((long)Align(SharedLaneCount, SharedWidth) * depth) + ((long)panel * SharedWidth * depthCount);

        public void Invoke(int index)
        {
            bool last = Depth0 + DepthCount == Depth;
            if (Plan.SharesLeft)
            {
                int column = index * Plan.ChunkPanels * PanelColumns;
                int columns = Math.Min(Plan.ChunkPanels * PanelColumns, Columns - column);
                MultiplyColumns(column, columns);
                if (last)
                {
                    Store.Finish<TSimd, TVector, TInt>(SharedLane0, SharedLaneCount, column, columns);
                }
            }
            else
            {
                int row = index * Plan.ChunkPanels * Plan.PanelRows;
                int rows = Math.Min(Plan.ChunkPanels * Plan.PanelRows, Rows - row);
                MultiplyRows(row, rows);
                if (last)
                {
                    Store.Finish<TSimd, TVector, TInt>(row, rows, SharedLane0, SharedLaneCount);
                }
            }
        }

        private void MultiplyColumns(int column, int columns)
        {
            if (Direct)
            {
                MultiplyDirectly(column, columns);
                return;
            }

            bool own = typeof(TB) != typeof(PackedPanelSource);
            TensorStorage? storage = own ? MemoryPool.Shared.Rent((long)Align(columns, PanelColumns) * Plan.DepthBlock) : null;
            for (int depth = 0; depth < DepthCount; depth += Plan.DepthBlock)
            {
                int depthCount = Math.Min(Plan.DepthBlock, DepthCount - depth);
                float* right;
                if (storage is not null)
                {
                    right = storage.Pointer;
                    PackLanes(B, column, columns, Depth0 + depth, depthCount, PanelColumns, right);
                }
                else
                {
                    right = Unsafe.As<TB, PackedPanelSource>(ref B).Panel(column, Depth0 + depth, depthCount);
                }

                Multiply(
                    SharedPanel(0, depth, depthCount), SharedLane0, SharedLaneCount,
                    right, column, columns, depthCount, Accumulate || Depth0 + depth > 0);
            }

            if (storage is not null)
            {
                MemoryPool.Shared.Return(storage);
            }
        }

        /// <summary>
        /// Few rows: the right operand is read in place, a few long pieces of its rows at a time, and the sums of all
        /// columns of the item wait in the first-level cache meanwhile. The last columns, less than a tile, are packed.
        /// </summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void MultiplyDirectly(int column, int columns)
        {
            MatrixPanelSource source = Unsafe.As<TB, MatrixPanelSource>(ref B);
            int whole = columns / PanelColumns * PanelColumns;
            int edge = columns - whole;
            nint width = Align(columns, PanelColumns);
            TensorStorage storage = MemoryPool.Shared.Rent((width * SharedLaneCount) + (DirectDepths * PanelColumns));
            float* sums = storage.Pointer;
            float* packedEdge = sums + (width * SharedLaneCount);
            for (int depth = 0; depth < DepthCount; depth += Plan.DepthBlock)
            {
                int depthCount = Math.Min(Plan.DepthBlock, DepthCount - depth);
                float* left = SharedPanel(0, depth, depthCount);
                for (int d = 0; d < depthCount; d += DirectDepths)
                {
                    int count = Math.Min(DirectDepths, depthCount - d);
                    float* right = source.Pointer + column + ((nint)(Depth0 + depth + d) * source.DepthStride);
                    TileMode mode = d == 0 ? TileMode.Overwrite : TileMode.Continue;
                    if (edge > 0)
                    {
                        source.PackPanels(column + whole, edge, Depth0 + depth + d, count, PanelColumns, packedEdge);
                    }

                    for (nint j = 0; j < width; j += PanelColumns)
                    {
                        float* b = j < whole ? right + j : packedEdge;
                        nint stride = j < whole ? source.DepthStride : PanelColumns;
                        for (int i = 0; i < SharedLaneCount; i += Plan.PanelRows)
                        {
                            float* a = left + ((nint)i * depthCount) + ((nint)d * Plan.PanelRows);
                            Tile(Math.Min(Plan.PanelRows, SharedLaneCount - i), count, a, Plan.PanelRows, b, stride, sums + (i * width) + j, width, mode);
                        }
                    }
                }

                Store.Store<TSimd, TVector, TInt>(sums, (int)width, SharedLane0, SharedLaneCount, column, columns, Accumulate || Depth0 + depth > 0);
            }

            MemoryPool.Shared.Return(storage);
        }

        private void MultiplyRows(int row, int rows)
        {
            TensorStorage? storage = Room is null ? MemoryPool.Shared.Rent((long)Align(rows, Plan.PanelRows) * Plan.DepthBlock) : null;
            float* left = storage is null ? Room : storage.Pointer;
            for (int depth = 0; depth < DepthCount; depth += Plan.DepthBlock)
            {
                int depthCount = Math.Min(Plan.DepthBlock, DepthCount - depth);
                PackLanes(A, row, rows, Depth0 + depth, depthCount, Plan.PanelRows, left);
                float* right = typeof(TB) == typeof(PackedPanelSource)
                    ? Unsafe.BitCast<TB, PackedPanelSource>(B).Panel(SharedLane0, Depth0 + depth, depthCount)
                    : SharedPanel(0, depth, depthCount);
                Multiply(left, row, rows, right, SharedLane0, SharedLaneCount, depthCount, Accumulate || Depth0 + depth > 0);
            }

            if (storage is not null)
            {
                MemoryPool.Shared.Return(storage);
            }
        }

        /// <summary>
        /// Packed left panels times right panels: all tiles of one depth block. The panel that stays in the first-level cache is the one
        /// that fits it better: with 512-bit vectors the left one (12 x 384), else the right one (384 x 16). The other streams from the second level.
        /// </summary>
        [SkipLocalsInit]
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void Multiply(float* left, int row, int rows, float* right, int column, int columns, int depth, bool accumulate)
        {
            float* tile = stackalloc float[12 * 32];
            // Groups that stay in the second-level cache: 144 or 192 rows and 192 or 256 columns of 384 depths.
            int panels = TSimd.Count == 16 ? 16 : 24;
            int rowGroup = panels * MaxPanelRows / Plan.PanelRows * Plan.PanelRows;
            int columnGroup = panels * PanelColumns / 2;
            for (int i0 = 0; i0 < rows; i0 += rowGroup)
            {
                int i1 = Math.Min(i0 + rowGroup, rows);
                for (int j0 = 0; j0 < columns; j0 += columnGroup)
                {
                    int j1 = Math.Min(j0 + columnGroup, columns);
                    if (TSimd.Count == 16)
                    {
                        for (int i = i0; i < i1; i += Plan.PanelRows)
                        {
                            for (int j = j0; j < j1; j += PanelColumns)
                            {
                                Tile(left, row, rows, i, right, column, columns, j, depth, accumulate, tile);
                            }
                        }
                    }
                    else
                    {
                        // Packed weights come from far away: while a panel is used, the next one is asked for, a part with each tile.
                        nint panel = (nint)depth * PanelColumns;
                        nint part = typeof(TB) == typeof(PackedPanelSource) ? ((panel * Plan.PanelRows / (i1 - i0)) + 15) & ~15 : 0;
                        for (int j = j0; j < j1; j += PanelColumns)
                        {
                            float* next = right + ((nint)j * depth) + panel;
                            for (int i = i0; i < i1; i += Plan.PanelRows, next += part)
                            {
                                if (Sse.IsSupported)
                                {
                                    for (nint ahead = 0; ahead < part; ahead += 16)
                                    {
                                        Sse.Prefetch1(next + ahead);
                                    }
                                }

                                Tile(left, row, rows, i, right, column, columns, j, depth, accumulate, tile);
                            }
                        }
                    }
                }
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Tile(
            float* left, int row, int rows, int i, float* right, int column, int columns, int j, int depth, bool accumulate, float* tile)
        {
            int tileRows = Math.Min(Plan.PanelRows, rows - i);
            float* a = left + ((nint)i * depth);
            float* b = right + ((nint)j * depth);
            int tileColumns = Math.Min(PanelColumns, columns - j);
            if (typeof(TStore) == typeof(MatrixStore) && tileColumns == PanelColumns)
            {
                ref readonly MatrixStore store = ref Unsafe.As<TStore, MatrixStore>(ref Store);
                float* c = store.Pointer + ((row + i) * store.Stride) + column + j;
                TileMode mode = accumulate ? TileMode.Add : TileMode.Overwrite;
                if (tileRows < MaxPanelRows)
                {
                    Tile(tileRows, depth, a, Plan.PanelRows, b, PanelColumns, c, store.Stride, mode);
                }
                else if (MaxPanelRows == 12)
                {
                    GemmMicroKernel<TSimd, TVector, TInt, Rows12>.Run(depth, a, 12, b, PanelColumns, c, store.Stride, mode);
                }
                else
                {
                    GemmMicroKernel<TSimd, TVector, TInt, Rows6>.Run(depth, a, 6, b, PanelColumns, c, store.Stride, mode);
                }

                return;
            }

            Tile(tileRows, depth, a, Plan.PanelRows, b, PanelColumns, tile, PanelColumns, TileMode.Overwrite);
            Store.Store<TSimd, TVector, TInt>(tile, PanelColumns, row + i, tileRows, column + j, tileColumns, accumulate);
        }

        private static void Tile(int rows, int depth, float* a, nint aStride, float* b, nint stride, float* c, nint cStride, TileMode mode)
        {
            switch (rows)
            {
                case 1: GemmMicroKernel<TSimd, TVector, TInt, Rows1>.Run(depth, a, aStride, b, stride, c, cStride, mode); break;
                case 2: GemmMicroKernel<TSimd, TVector, TInt, Rows2>.Run(depth, a, aStride, b, stride, c, cStride, mode); break;
                case 3: GemmMicroKernel<TSimd, TVector, TInt, Rows3>.Run(depth, a, aStride, b, stride, c, cStride, mode); break;
                case 4: GemmMicroKernel<TSimd, TVector, TInt, Rows4>.Run(depth, a, aStride, b, stride, c, cStride, mode); break;
                case 5: GemmMicroKernel<TSimd, TVector, TInt, Rows5>.Run(depth, a, aStride, b, stride, c, cStride, mode); break;
                case 6: GemmMicroKernel<TSimd, TVector, TInt, Rows6>.Run(depth, a, aStride, b, stride, c, cStride, mode); break;
                case 7: GemmMicroKernel<TSimd, TVector, TInt, Rows7>.Run(depth, a, aStride, b, stride, c, cStride, mode); break;
                case 8: GemmMicroKernel<TSimd, TVector, TInt, Rows8>.Run(depth, a, aStride, b, stride, c, cStride, mode); break;
                case 9: GemmMicroKernel<TSimd, TVector, TInt, Rows9>.Run(depth, a, aStride, b, stride, c, cStride, mode); break;
                case 10: GemmMicroKernel<TSimd, TVector, TInt, Rows10>.Run(depth, a, aStride, b, stride, c, cStride, mode); break;
                case 11: GemmMicroKernel<TSimd, TVector, TInt, Rows11>.Run(depth, a, aStride, b, stride, c, cStride, mode); break;
                default: GemmMicroKernel<TSimd, TVector, TInt, Rows12>.Run(depth, a, aStride, b, stride, c, cStride, mode); break;
            }
        }
    }
}
