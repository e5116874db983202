using System.Runtime.CompilerServices;
using GoNoGo.Tensors.Memory;
using GoNoGo.Tensors.Parallel;
using GoNoGo.Tensors.Simd;

namespace GoNoGo.Tensors.Kernels;

/// <summary>
/// The blocked loops around the microkernel. One operand (the one with fewer lanes) is packed for all threads together; the lanes
/// of the other are split into items, each of which packs its own part, depth block by depth block, into the cache of
/// the core that uses it.
/// </summary>
internal static unsafe class GemmDriver<TSimd, TVector, TInt, TA, TB, TStore>
    where TSimd : struct, ISimd<TVector, TInt>
    where TVector : struct
    where TInt : struct
    where TA : struct, IPanelSource
    where TB : struct, IPanelSource
    where TStore : struct, ITileStore
{
    // Left panels (and half as many right ones) of a group that stays in the second-level cache: 6 x 24 rows of 384 depths are 220 KB.
    private static int MaxPanelRows
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => TSimd.Count == 16 ? 12 : 6;
    }

    private static int GroupPanels => TSimd.Count == 16 ? 16 : 24;

    // Up to so many rows, packing the right operand costs more than it saves.
    private const int DirectRows = 12;

    // Rows of an unpacked right operand that are read side by side: as many streams as the processor follows.
    private const int DirectDepths = 16;

    // Panels packed by one item of the shared packing.
    private const int PackPanels = 4;

    private static int PanelColumns
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 2 * TSimd.Count;
    }

    public static void Run(int m, int n, int k, TA a, TB b, bool accumulate, TStore store)
    {
        if (k == 0)
        {
            FinishEmpty(m, n, accumulate, store);
            return;
        }

        bool packed = typeof(TB) == typeof(PackedPanelSource);
        bool direct = typeof(TB) == typeof(MatrixPanelSource) && m <= DirectRows && Unsafe.BitCast<TB, MatrixPanelSource>(b).LaneStride == 1;
        var plan = new GemmPlan(m, n, k, MaxPanelRows, PanelColumns, packed, direct);
        int sharedTotal = plan.SharesLeft ? m : n;
        int sharedWidth = plan.SharesLeft ? plan.PanelRows : PanelColumns;
        bool packsShared = plan.SharesLeft || !packed;
        TensorStorage? storage = packsShared
            ? MemoryPool.Shared.Rent((long)Align(Math.Min(plan.SharedLanes, sharedTotal), sharedWidth) * plan.SharedDepth)
            : null;
        try
        {
            var job = new Job
            {
                Plan = plan,
                Rows = m,
                Columns = n,
                Depth = k,
                A = a,
                B = b,
                Store = store,
                Accumulate = accumulate,
                Direct = direct,
                Shared = storage is null ? null : storage.Pointer,
            };

            for (int lane = 0; lane < sharedTotal; lane += plan.SharedLanes)
            {
                job.SharedLane0 = lane;
                job.SharedLaneCount = Math.Min(plan.SharedLanes, sharedTotal - lane);
                for (int depth = 0; depth < k; depth += plan.SharedDepth)
                {
                    job.Depth0 = depth;
                    job.DepthCount = Math.Min(plan.SharedDepth, k - depth);
                    if (packsShared)
                    {
                        var packing = new Packing { Job = job };
                        int items = packing.ItemCount;
                        if ((long)job.SharedLaneCount * job.DepthCount < 16384)
                        {
                            for (int item = 0; item < items; item++)
                            {
                                packing.Invoke(item);
                            }
                        }
                        else
                        {
                            Workers.For(items, packing);
                        }
                    }

                    Workers.For(plan.Chunks, job);
                }
            }
        }
        finally
        {
            if (storage is not null)
            {
                MemoryPool.Shared.Return(storage);
            }
        }
    }

    private static int Align(int value, int multiple) => (value + multiple - 1) / multiple * multiple;

    private static void FinishEmpty(int m, int n, bool accumulate, TStore store)
    {
        if (!accumulate)
        {
            float* zeros = stackalloc float[64];
            new Span<float>(zeros, 64).Clear();
            for (int row = 0; row < m; row++)
            {
                for (int column = 0; column < n; column += PanelColumns)
                {
                    store.Store<TSimd, TVector, TInt>(zeros, 0, row, 1, column, Math.Min(PanelColumns, n - column), accumulate: false);
                }
            }
        }

        store.Finish<TSimd, TVector, TInt>(0, m, 0, n);
    }

    /// <summary>Packs any number of lanes, panel after panel.</summary>
    private static void PackLanes<TSource>(TSource source, int lane0, int laneCount, int depth0, int depthCount, int panelWidth, float* destination)
        where TSource : struct, IPanelSource
    {
        if (typeof(TSource) == typeof(MatrixPanelSource))
        {
            Unsafe.BitCast<TSource, MatrixPanelSource>(source).PackPanels(lane0, laneCount, depth0, depthCount, panelWidth, destination);
            return;
        }

        for (int lane = 0; lane < laneCount; lane += panelWidth)
        {
            source.Pack(lane0 + lane, Math.Min(panelWidth, laneCount - lane), depth0, depthCount, panelWidth, destination + ((nint)lane * depthCount));
        }
    }

    /// <summary>Packs the shared operand: an item is a few panels of one depth block.</summary>
    private struct Packing : IParallelBody
    {
        public Job Job;

        private readonly int Panels => (Job.SharedLaneCount + Job.SharedWidth - 1) / Job.SharedWidth;

        private readonly int Groups => (Panels + PackPanels - 1) / PackPanels;

        public readonly int ItemCount => Groups * ((Job.DepthCount + Job.Plan.DepthBlock - 1) / Job.Plan.DepthBlock);

        public readonly void Invoke(int index)
        {
            int groups = Groups;
            int width = Job.SharedWidth;
            int depth = index / groups * Job.Plan.DepthBlock;
            int depthCount = Math.Min(Job.Plan.DepthBlock, Job.DepthCount - depth);
            int first = index % groups * PackPanels;
            int lane = first * width;
            int laneCount = Math.Min(PackPanels * width, Job.SharedLaneCount - lane);
            float* destination = Job.SharedPanel(first, depth, depthCount);
            if (Job.Plan.SharesLeft)
            {
                PackLanes(Job.A, Job.SharedLane0 + lane, laneCount, Job.Depth0 + depth, depthCount, width, destination);
            }
            else
            {
                PackLanes(Job.B, Job.SharedLane0 + lane, laneCount, Job.Depth0 + depth, depthCount, width, destination);
            }
        }
    }

    /// <summary>One item: some panels of the split operand times the whole shared operand.</summary>
    private struct Job : IParallelBody
    {
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
            TensorStorage storage = MemoryPool.Shared.Rent((long)Align(rows, Plan.PanelRows) * Plan.DepthBlock);
            for (int depth = 0; depth < DepthCount; depth += Plan.DepthBlock)
            {
                int depthCount = Math.Min(Plan.DepthBlock, DepthCount - depth);
                PackLanes(A, row, rows, Depth0 + depth, depthCount, Plan.PanelRows, storage.Pointer);

                float* right = typeof(TB) == typeof(PackedPanelSource)
                    ? Unsafe.BitCast<TB, PackedPanelSource>(B).Panel(SharedLane0, Depth0 + depth, depthCount)
                    : SharedPanel(0, depth, depthCount);
                Multiply(
                    storage.Pointer, row, rows,
                    right, SharedLane0, SharedLaneCount, depthCount, Accumulate || Depth0 + depth > 0);
            }

            MemoryPool.Shared.Return(storage);
        }

        /// <summary>
        /// Packed left panels times right panels: all tiles of one depth block. The panel that stays in the first-level cache is the one
        /// that fits it better: with 512-bit vectors the left one (12 x 384), else the right one (384 x 16). The other streams from the second level.
        /// </summary>
        [SkipLocalsInit]
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void Multiply(
            float* left, int row, int rows, float* right, int column, int columns, int depth, bool accumulate)
        {
            float* tile = stackalloc float[12 * 32];
            int rowGroup = GroupPanels * MaxPanelRows / Plan.PanelRows * Plan.PanelRows;
            int columnGroup = GroupPanels * PanelColumns / 2;
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
                        for (int j = j0; j < j1; j += PanelColumns)
                        {
                            for (int i = i0; i < i1; i += Plan.PanelRows)
                            {
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
                else if (TSimd.Count == 16)
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
